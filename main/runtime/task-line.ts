import { StudioError } from '../../contract/errors'
import type { InferenceWorker, RunOptions } from './inference-worker'

/**
 * The inference worker, for several who want it: it does one task at a time, and whoever comes while it is busy waits here, first come,
 * first served.
 */
export class TaskLine {
  readonly #worker: Pick<InferenceWorker, 'run'>
  #last: Promise<unknown> = Promise.resolve()

  constructor(worker: Pick<InferenceWorker, 'run'>) {
    this.#worker = worker
  }

  /** As InferenceWorker.run; one who stops waiting leaves the line. @throws StudioError CANCELLED, what the task threw */
  async run<Input, Output, Event>(kind: string, input: Input, options: RunOptions<Event>): Promise<Output> {
    const before = this.#last
    const { signal } = options
    const turn = waitFor(before, signal).then(() => this.#worker.run<Input, Output, Event>(kind, input, options))
    // The next one waits for all who came before, also where this one gives up first.
    this.#last = Promise.allSettled([before, turn])
    return turn
  }
}

/** Resolves when those before are done, and rejects at once when waiting is given up. */
function waitFor(before: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new StudioError('CANCELLED', 'Stopped before it began'))
    if (signal.aborted) {
      stop()
      return
    }
    signal.addEventListener('abort', stop, { once: true })
    void before.then(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
  })
}
