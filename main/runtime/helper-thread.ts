import { Worker, type Transferable } from 'node:worker_threads'
import { fromFailure, StudioError, type Failure } from '../../contract/errors'

export interface HelperAsk {
  readonly id: number
  readonly kind: string
  readonly input: unknown
}

export type HelperAnswer =
  { readonly id: number; readonly output: unknown } | { readonly id: number; readonly failure: Failure }

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/**
 * A thread for arithmetic that would hold up the engine and needs no graph. It starts when it is first asked and answers in order. If it
 * dies, whoever waits is told, and the next question gets a fresh one.
 */
export class HelperThread {
  readonly #entry: string
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | null = null
  #nextId = 1

  /** @param entry path of the bundle that calls `serveHelp` */
  constructor(entry: string) {
    this.#entry = entry
  }

  /**
   * @param transfer buffers of the input that move to the thread instead of being copied
   * @throws StudioError what the work threw, ENGINE_CRASHED
   */
  async run<Input, Output>(kind: string, input: Input, transfer: readonly Transferable[] = []): Promise<Output> {
    const worker = this.#worker ?? this.#start()
    const id = this.#nextId
    this.#nextId += 1
    return new Promise<Output>((resolve, reject) => {
      worker.postMessage({ id, kind, input } satisfies HelperAsk, [...transfer])
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      // While somebody waits, the process must not end.
      worker.ref()
    })
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(this.#entry)
    let reason = 'The helper thread ended without saying why'
    worker.on('message', (answer: HelperAnswer) => this.#receive(worker, answer))
    worker.on('error', (error) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    })
    worker.on('exit', () => this.#ended(worker, reason))
    worker.unref()
    this.#worker = worker
    return worker
  }

  #receive(worker: Worker, answer: HelperAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (this.#waiting.size === 0) worker.unref()
    if ('failure' in answer) waiting?.reject(fromFailure(answer.failure))
    else waiting?.resolve(answer.output)
  }

  #ended(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = null
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting) {
      reject(
        new StudioError('ENGINE_CRASHED', 'The part that prepares pictures and reads weights stopped unexpectedly', {
          remedy: 'Try again; a fresh one will be started.',
          detail: reason,
        }),
      )
    }
  }
}
