import { parentPort, type Transferable } from 'node:worker_threads'
import { toFailure } from '../../contract/errors'
import type { HelperAnswer, HelperAsk } from './helper-thread'

/** A piece of work, and the buffers of its result that move instead of being copied. */
export interface Help<Output> {
  readonly output: Output
  readonly transfer?: readonly Transferable[]
}

// Each work's types are checked where it is defined and where it is asked for; the table between them holds any.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Helper = (input: any) => Help<unknown>

/** The helper thread's side. Called once, by the thread's entry file. */
export function serveHelp(helpers: Readonly<Record<string, Helper>>): void {
  const port = parentPort
  if (port === null) throw new Error('serveHelp runs in a worker thread')
  port.on('message', ({ id, kind, input }: HelperAsk) => {
    try {
      const helper = helpers[kind]
      if (helper === undefined) throw new Error(`There is no helper "${kind}"`)
      const { output, transfer = [] } = helper(input)
      port.postMessage({ id, output } satisfies HelperAnswer, [...transfer])
    } catch (error) {
      port.postMessage({ id, failure: toFailure(error) } satisfies HelperAnswer)
    }
  })
}
