import { totalmem } from 'node:os'
import { parentPort, workerData, type Transferable } from 'node:worker_threads'
import { StudioError, toFailure } from '../../contract/errors'
import { Residency } from './residency'
import type { FromWorker, ToWorker, WorkerData } from './worker-protocol'

/** What a task may use besides its input. */
export interface TaskContext<Event> {
  /** Sends something to whoever started the task; the buffers in `transfer` move instead of being copied. */
  readonly emit: (event: Event, transfer?: readonly Transferable[]) => void
  /** Whether the task should stop. To be asked between graph runs: a run itself cannot be stopped. */
  readonly isCancelled: () => boolean
  readonly sessions: Residency
}

// Each task's types are checked where it is defined and where it is run; the table between them holds any task.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Task = (input: any, context: TaskContext<any>) => Promise<unknown>

/** Weights take up to two or three times their size on disk: half-precision ones are widened, and packed copies made. */
const weightShareOfMemory = 0.4

/** The worker's side: waits for tasks and runs them one after another. Called once, by the worker's entry file. */
export function serveTasks(tasks: Readonly<Record<string, Task>>): void {
  const port = parentPort
  if (port === null) throw new Error('serveTasks runs in a worker thread')
  const cancelFlag = new Int32Array((workerData as WorkerData).cancelFlag)
  const send = (message: FromWorker, transfer: readonly Transferable[] = []): void =>
    port.postMessage(message, [...transfer])
  const sessions: Residency = new Residency({
    budget: totalmem() * weightShareOfMemory,
    onChange: () => send({ type: 'memory', models: sessions.memory() }),
  })

  async function runTask(id: number, kind: string, input: unknown): Promise<unknown> {
    const task = tasks[kind]
    if (task === undefined) throw new Error(`There is no task "${kind}"`)
    sessions.beginTask()
    try {
      return await task(input, {
        emit: (event, transfer) => send({ type: 'event', id, event }, transfer),
        isCancelled: () => Atomics.load(cancelFlag, 0) !== 0,
        sessions,
      })
    } finally {
      sessions.endTask()
    }
  }

  async function release(modelId: string): Promise<void> {
    if (sessions.isInUse(modelId)) {
      throw new StudioError('JOB_STATE', 'The model is in use', {
        field: 'modelId',
        remedy: 'Stop the job or wait until it is done.',
      })
    }
    await sessions.release(modelId)
  }

  function answer(message: ToWorker): Promise<unknown> {
    switch (message.type) {
      case 'task':
        return runTask(message.id, message.kind, message.input)
      case 'release':
        return release(message.modelId)
      case 'close':
        return sessions.releaseAll()
    }
  }

  async function handle(message: ToWorker): Promise<void> {
    try {
      send({ type: 'result', id: message.id, output: await answer(message) })
    } catch (error) {
      send({ type: 'failure', id: message.id, failure: toFailure(error) })
    }
    // Without its port the thread has nothing left to wait for, and ends by itself.
    if (message.type === 'close') port?.close()
  }

  port.on('message', (message: ToWorker) => void handle(message))
}
