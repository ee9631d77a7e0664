// The worker that the tests of inference-worker.ts bundle and start.
import { float32 } from '../../tensor/tensor'
import { serveTasks } from '../serve-tasks'

serveTasks({
  echo: async (input: unknown) => input,
  fail: async () => {
    throw new RangeError('a bug')
  },
  crash: async () => {
    setImmediate(() => {
      throw new Error('thread gone')
    })
    await new Promise(() => undefined)
  },
  /** Emits numbers until it is cancelled, and says how many there were. */
  count: async (_input: null, { emit, isCancelled }) => {
    for (let n = 0; ; n++) {
      if (isCancelled()) return n
      const bytes = new Uint8Array(1024).fill(n)
      emit({ n, bytes }, [bytes.buffer])
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  },
  /** Runs the graph again and again until it is cancelled. */
  compute: async (path: string, { emit, isCancelled, sessions }) => {
    const graph = await sessions.open({ modelId: 'sample', role: 'graph', path, provider: 'cpu', threads: 1 })
    let sum = 0
    do {
      const { y } = await graph.run({ x: float32([1, 4], Float32Array.of(1, 1, 1, 1)) }, ['y'])
      sum = (y?.data as Float32Array).reduce((total, value) => total + value, 0)
      emit(sum)
    } while (!isCancelled())
    return sum
  },
})
