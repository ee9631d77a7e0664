import { Worker, type Transferable } from 'node:worker_threads'
import type { Memory } from '../../contract/devices'
import { fromFailure, StudioError } from '../../contract/errors'
import type { Ask, FromWorker, ToWorker, WorkerData } from './worker-protocol'

interface Waiting {
  readonly onEvent: (event: unknown) => void
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

export interface RunOptions<Event> {
  readonly onEvent: (event: Event) => void
  /** Aborting it asks the task to stop between two graph runs. */
  readonly signal: AbortSignal
  /** Buffers of the input that move to the worker instead of being copied. */
  readonly transfer?: readonly Transferable[]
}

/**
 * The thread that runs graphs, seen from the engine. It starts with the first task and stays, with the models that it
 * loaded. If it dies, what was running fails with ENGINE_CRASHED and the next task gets a fresh one.
 */
export class InferenceWorker {
  readonly #entry: string
  readonly #waiting = new Map<number, Waiting>()
  readonly #cancelFlag = new Int32Array(new SharedArrayBuffer(4))
  #worker: Worker | null = null
  #task: Promise<unknown> | null = null
  #nextId = 1
  #models: Memory['models'] = []

  /** @param entry path of the bundle that calls `serveTasks` */
  constructor(entry: string) {
    this.#entry = entry
  }

  /**
   * Runs a task and hands on its events as they come. An `onEvent` that throws stops the task.
   * @throws StudioError what the task threw, JOB_STATE where one is running already, CANCELLED, ENGINE_CRASHED
   */
  async run<Input, Output, Event>(kind: string, input: Input, options: RunOptions<Event>): Promise<Output> {
    const { onEvent, signal, transfer = [] } = options
    if (this.#task !== null) {
      throw new StudioError('JOB_STATE', 'Another task is running', { remedy: 'Wait until it is done.' })
    }
    if (signal.aborted) throw new StudioError('CANCELLED', 'Stopped before it began')
    Atomics.store(this.#cancelFlag, 0, 0)
    const cancel = (): void => this.#cancel()
    signal.addEventListener('abort', cancel)
    const faults: unknown[] = []
    const deliver = (event: unknown): void => {
      try {
        onEvent(event as Event)
      } catch (fault) {
        faults.push(fault)
        this.#cancel()
      }
    }
    try {
      this.#task = this.#ask({ type: 'task', kind, input }, deliver, transfer)
      // The process must not end while a graph runs.
      this.#worker?.ref()
      const output = (await this.#task) as Output
      if (faults.length > 0) throw faults[0]
      return output
    } finally {
      this.#task = null
      signal.removeEventListener('abort', cancel)
      this.#worker?.unref()
    }
  }

  /** What is loaded, as the worker last said; never waits for a run. */
  async memory(): Promise<Memory['models']> {
    return this.#models
  }

  /** Frees a model. @throws StudioError JOB_STATE where the task in hand uses it */
  async release(modelId: string): Promise<void> {
    if (this.#worker !== null) await this.#ask({ type: 'release', modelId })
  }

  /** Stops the task in hand and ends the thread after it: ending it during a run would abort the whole process. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === null) return
    this.#cancel()
    await this.#task?.catch(() => undefined)
    if (this.#worker !== worker) return
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    worker.ref()
    await this.#ask({ type: 'close' }).catch(() => undefined)
    await ended
  }

  #cancel(): void {
    Atomics.store(this.#cancelFlag, 0, 1)
  }

  #ask(
    message: Ask,
    onEvent: (event: unknown) => void = () => undefined,
    transfer: readonly Transferable[] = [],
  ): Promise<unknown> {
    const id = this.#nextId
    this.#nextId += 1
    const worker = this.#worker ?? this.#start()
    return new Promise((resolve, reject) => {
      worker.postMessage({ ...message, id } satisfies ToWorker, [...transfer])
      this.#waiting.set(id, { onEvent, resolve, reject })
    })
  }

  #start(): Worker {
    const worker = new Worker(this.#entry, {
      workerData: { cancelFlag: this.#cancelFlag.buffer } satisfies WorkerData,
    })
    let reason = 'The inference thread ended without saying why'
    worker.on('message', (message: FromWorker) => this.#receive(message))
    worker.on('error', (error) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    })
    worker.on('exit', () => this.#ended(worker, reason))
    // An idle worker must not keep a command line alive.
    worker.unref()
    this.#worker = worker
    return worker
  }

  #ended(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = null
    this.#models = []
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting) {
      reject(
        new StudioError('ENGINE_CRASHED', 'The part that runs models stopped unexpectedly', {
          remedy: 'Run it again; a fresh one will be started. If it happens again, try a smaller size.',
          detail: reason,
        }),
      )
    }
  }

  #receive(message: FromWorker): void {
    if (message.type === 'memory') {
      this.#models = message.models
      return
    }
    const waiting = this.#waiting.get(message.id)
    if (message.type === 'event') {
      waiting?.onEvent(message.event)
      return
    }
    this.#waiting.delete(message.id)
    if (message.type === 'result') waiting?.resolve(message.output)
    else waiting?.reject(fromFailure(message.failure))
  }
}
