import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { InferenceWorker } from './inference-worker'
import { bundleForTest } from './testing/bundle'
import { matMulGraph, saveGraph, temporaryFolder } from './testing/sample-graphs'

const folder = temporaryFolder()
afterAll(() => folder.remove())

let entry: string
let graphPath: string
beforeAll(async () => {
  entry = await bundleForTest('main/runtime/testing/sample-worker.ts')
  graphPath = saveGraph(folder.path, 'graph.onnx', matMulGraph)
})

let worker: InferenceWorker
beforeEach(() => {
  worker = new InferenceWorker(entry)
})
afterEach(() => worker.close())

const quiet = () => ({ onEvent: () => undefined, signal: new AbortController().signal })

describe('the inference worker', () => {
  it('runs a task and returns its result', async () => {
    const input = { text: 'ok', values: Float32Array.of(1, 2) }
    await expect(worker.run('echo', input, quiet())).resolves.toEqual(input)
  })

  it('moves the buffers it is told to', async () => {
    const values = new Float32Array(8)
    await worker.run('echo', values, { ...quiet(), transfer: [values.buffer] })
    expect(values.buffer.byteLength).toBe(0)
  })

  it('hands on events as they come, and stops when it is asked to', async () => {
    const abort = new AbortController()
    const events: { n: number; bytes: Uint8Array }[] = []
    const total = await worker.run('count', null, {
      signal: abort.signal,
      onEvent: (event: { n: number; bytes: Uint8Array }) => {
        events.push(event)
        if (event.n === 5) abort.abort()
      },
    })
    expect(total).toBeGreaterThanOrEqual(6)
    expect(events[3]).toEqual({ n: 3, bytes: new Uint8Array(1024).fill(3) })
    expect(events.length).toBe(total)
  })

  it('does not begin what was stopped already', async () => {
    const abort = new AbortController()
    abort.abort()
    const options = { onEvent: () => undefined, signal: abort.signal }
    await expect(worker.run('echo', 1, options)).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  it('runs one task at a time', async () => {
    const abort = new AbortController()
    const first = worker.run('count', null, { onEvent: () => abort.abort(), signal: abort.signal })
    await expect(worker.run('echo', 1, quiet())).rejects.toMatchObject({ code: 'JOB_STATE' })
    await first
    await expect(worker.run('echo', 1, quiet())).resolves.toBe(1)
  })

  it('passes on what a task throws', async () => {
    await expect(worker.run('fail', null, quiet())).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'Something unexpected failed: a bug',
    })
    await expect(worker.run('nothing', null, quiet())).rejects.toThrow('There is no task "nothing"')
  })

  it('stops a task whose listener fails, and passes that on', async () => {
    const onEvent = (): void => {
      throw new RangeError('disk is full')
    }
    await expect(worker.run('count', null, { ...quiet(), onEvent })).rejects.toThrow('disk is full')
  })

  it('fails the task in hand when its thread dies, and runs the next one in a fresh thread', async () => {
    await expect(worker.run('crash', null, quiet())).rejects.toMatchObject({
      code: 'ENGINE_CRASHED',
      data: { detail: expect.stringContaining('thread gone') },
    })
    await expect(worker.run('echo', 2, quiet())).resolves.toBe(2)
  })

  it('refuses what cannot be cloned and stays usable', async () => {
    await expect(worker.run('echo', () => undefined, quiet())).rejects.toThrow('could not be cloned')
    await expect(worker.run('echo', 3, quiet())).resolves.toBe(3)
  })
})

describe('models in the inference worker', () => {
  it('stay in memory until they are released', async () => {
    const abort = new AbortController()
    const options = { onEvent: () => abort.abort(), signal: abort.signal }
    await expect(worker.run('compute', graphPath, options)).resolves.toBe(120)
    const [model] = await worker.memory()
    expect(model).toMatchObject({ modelId: 'sample', graphs: [{ role: 'graph', provider: 'cpu' }] })
    expect(model?.bytes).toBeGreaterThan(100)

    await worker.release('sample')
    await expect(worker.memory()).resolves.toEqual([])
  })

  it('are not released while a task uses them', async () => {
    const abort = new AbortController()
    const releases: Promise<unknown>[] = []
    await worker.run('compute', graphPath, {
      signal: abort.signal,
      onEvent: () => {
        if (releases.length > 0) return
        releases.push(expect(worker.release('sample')).rejects.toMatchObject({ code: 'JOB_STATE' }))
        releases.push(worker.release('another').finally(() => abort.abort()))
      },
    })
    await Promise.all(releases)
    await expect(worker.memory()).resolves.toHaveLength(1)
  })

  it('are gone after closing, which waits for the run in hand', async () => {
    const running = worker.run('compute', graphPath, { ...quiet(), onEvent: () => void worker.close() })
    await expect(running).resolves.toBe(120)
    await worker.close()
    await expect(worker.memory()).resolves.toEqual([])
  })
})
