// A column's graphs in use: opened when they are asked for, their loading timed, one of them listened to.

import type { Provider } from '../../contract/devices'
import type { GraphSession } from '../runtime/graph-session'
import { openGraph } from '../runtime/open-graph'
import type { Tensor } from '../tensor/tensor'
import type { PeakMemory } from './peak-memory'

export type Feeds = Readonly<Record<string, Tensor>>

export interface GraphSetOptions {
  /** Graph files by role. */
  readonly paths: Readonly<Record<string, string>>
  readonly provider: Provider
  readonly threads: number
  readonly memory?: PeakMemory
  /** Called with a copy of every run's inputs. */
  readonly onRun?: (role: string, feeds: Feeds) => void
}

export class GraphSet {
  readonly #options: GraphSetOptions
  readonly #open = new Map<string, Promise<GraphSession>>()
  /** Spent on loading so far. */
  loadMilliseconds = 0
  /** Bytes of the graphs that were opened. */
  bytes = 0

  constructor(options: GraphSetOptions) {
    this.#options = options
  }

  open(role: string): Promise<GraphSession> {
    const known = this.#open.get(role)
    if (known !== undefined) return known
    const session = this.#load(role)
    this.#open.set(role, session)
    return session
  }

  async release(): Promise<void> {
    const sessions = [...this.#open.values()]
    this.#open.clear()
    for (const session of sessions) await (await session.catch(() => null))?.release()
  }

  async #load(role: string): Promise<GraphSession> {
    const { paths, provider, threads, memory, onRun } = this.#options
    const path = paths[role]
    if (path === undefined) throw new Error(`There is no graph for ${role}`)
    const started = performance.now()
    const session = await openGraph({ path, role, provider, threads })
    this.loadMilliseconds += performance.now() - started
    this.bytes += session.bytes
    return {
      role,
      path,
      provider,
      bytes: session.bytes,
      inputs: session.inputs,
      outputs: session.outputs,
      get runMilliseconds() {
        return session.runMilliseconds
      },
      run: async (feeds, fetches) => {
        onRun?.(role, feeds)
        const outputs = await session.run(feeds, fetches)
        memory?.sample()
        return outputs
      },
      release: () => session.release(),
    }
  }
}

/** A copy of inputs that the caller may overwrite after the run. */
export function copyFeeds(feeds: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]),
  )
}
