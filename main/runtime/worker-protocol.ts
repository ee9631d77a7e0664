import type { Memory } from '../../contract/devices'
import type { Failure } from '../../contract/errors'

// What the engine's thread and its inference worker say to each other. One task at a time.

export interface WorkerData {
  /** One 32-bit flag that both threads see: not 0 asks the task in hand to stop. */
  readonly cancelFlag: SharedArrayBuffer
}

/** What the engine asks for; every one is answered by a `result` or a `failure` with its id. */
export type Ask =
  | { readonly type: 'task'; readonly kind: string; readonly input: unknown }
  | { readonly type: 'release'; readonly modelId: string }
  | { readonly type: 'close' }

export type ToWorker = Ask & { readonly id: number }

export type FromWorker =
  | { readonly type: 'event'; readonly id: number; readonly event: unknown }
  | { readonly type: 'result'; readonly id: number; readonly output: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly failure: Failure }
  /** Sent whenever what is loaded has changed. */
  | { readonly type: 'memory'; readonly models: Memory['models'] }
