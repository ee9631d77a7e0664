import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { float32, tensor, type Dtype } from '../tensor/tensor'
import type { GraphSession } from './graph-session'
import { openGraph } from './open-graph'
import { matMulGraph, saveGraph, temporaryFolder } from './testing/sample-graphs'

const folder = temporaryFolder()
afterAll(() => folder.remove())

const open = (path: string, role = 'sample'): Promise<GraphSession> =>
  openGraph({ path, role, provider: 'cpu', threads: 1 })

async function failure(work: Promise<unknown>): Promise<StudioError> {
  const error: unknown = await work.then(
    () => expect.fail('should have failed'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(StudioError)
  return error as StudioError
}

describe('a loaded graph', () => {
  let graph: GraphSession
  beforeAll(async () => {
    graph = await open(saveGraph(folder.path, 'matmul.onnx', matMulGraph))
  })
  afterAll(() => graph.release())

  it('says what it takes and gives', () => {
    expect(graph.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['rows', 4] }])
    expect(graph.outputs.map((output) => output.name)).toEqual(['y', 'sum'])
    expect(graph.bytes).toBe(readFileSync(graph.path).length)
  })

  it('computes', async () => {
    const { y, sum } = await graph.run({ x: float32([1, 4], Float32Array.of(1, 0, 0, 2)) })
    expect(y).toEqual({ dtype: 'float32', shape: [1, 4], data: Float32Array.of(24, 27, 30, 33) })
    expect(sum?.data).toEqual(Float32Array.of(114))
  })

  it('returns the outputs that were asked for and no more', async () => {
    const results = await graph.run({ x: float32([2, 4]) }, ['sum'])
    expect(Object.keys(results)).toEqual(['sum'])
  })

  it('reads a view into a larger buffer in place', async () => {
    const cache = Float32Array.of(9, 9, 9, 9, 1, 0, 0, 0, 9, 9)
    const { y } = await graph.run({ x: float32([1, 4], cache.subarray(4, 8)) }, ['y'])
    expect(y?.data).toEqual(Float32Array.of(0, 1, 2, 3))
  })

  it('adds up the time of its runs', async () => {
    const before = graph.runMilliseconds
    await graph.run({ x: float32([1, 4]) })
    expect(graph.runMilliseconds).toBeGreaterThan(before)
  })

  it.each([
    [{}, 'sample: the input "x" (float32 [rows, 4]) was not given; given: nothing'],
    [{ x: float32([1, 5]) }, 'sample: the input "x" must be float32 [rows, 4], not float32 [1, 5]'],
    [{ x: float32([4]) }, 'sample: the input "x" must be float32 [rows, 4], not float32 [4]'],
    [
      { x: tensor('int64', [1, 4], new BigInt64Array(4)) },
      'sample: the input "x" must be float32 [rows, 4], not int64 [1, 4]',
    ],
    [
      { x: { dtype: 'float32' as const, shape: [1, 4], data: new Float32Array(3) } },
      'sample: the input "x" is float32 [1, 4] but its data is a Float32Array of 3',
    ],
    [{ x: float32([1, 4]), z: float32([1]) }, 'sample: there is no input "z"; there are: x'],
  ])('refuses what does not fit: %#', async (feeds, message) => {
    const error = await failure(graph.run(feeds))
    expect(error).toMatchObject({ code: 'INVALID_INPUT', message })
  })

  it('names the outputs it has when asked for another', async () => {
    const error = await failure(graph.run({ x: float32([1, 4]) }, ['z']))
    expect(error.message).toBe('sample: there is no output "z"; there are: y, sum')
  })
})

describe('element types', () => {
  it.each<[Dtype, ArrayBufferView]>([
    ['float32', Float32Array.of(1.5, -2)],
    ['float64', Float64Array.of(1.5, -2)],
    ['float16', Uint16Array.of(0x3c00, 0xfc00)],
    ['int32', Int32Array.of(-1, 2)],
    ['int64', BigInt64Array.of(-1n, 2n ** 53n)],
    ['uint8', Uint8Array.of(0, 255)],
    ['int8', Int8Array.of(-128, 127)],
    ['bool', Uint8Array.of(0, 1)],
  ])('%s goes in and comes out as the same array', async (dtype, data) => {
    const info = { dtype, shape: ['n'] }
    const path = saveGraph(folder.path, `${dtype}.onnx`, {
      inputs: [{ ...info, name: 'x' }],
      outputs: [{ ...info, name: 'y' }],
      nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
    })
    const graph = await open(path)
    const { y } = await graph.run({ x: tensor(dtype, [2], data as Float32Array) })
    expect(y).toEqual({ dtype, shape: [2], data })
    await graph.release()
  })

  it('a scalar has an empty shape', async () => {
    const path = saveGraph(folder.path, 'scalar.onnx', {
      inputs: [{ name: 'x', dtype: 'float32', shape: [] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [] }],
      nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }],
    })
    const graph = await open(path)
    expect((await graph.run({ x: float32([], Float32Array.of(3)) }))['y']).toEqual(float32([], Float32Array.of(-3)))
    await graph.release()
  })
})

describe('files that cannot be loaded', () => {
  const external = (offset: number, length: number) => ({
    ...matMulGraph,
    initializers: {
      ...matMulGraph.initializers,
      w: { dtype: 'float32' as const, shape: [4, 4], external: { location: 'weights.bin', offset, length } },
    },
  })

  it('names the weights file that is missing', async () => {
    const error = await failure(open(saveGraph(folder.path, 'external.onnx', external(0, 64))))
    expect(error.code).toBe('MODEL_BROKEN')
    expect(error.message).toContain('weights.bin cannot be used: it is missing')
    expect(error.data.remedy).toContain('beside external.onnx')
  })

  it('names the weights file that is cut off, and counts whole weights in', async () => {
    const path = saveGraph(folder.path, 'external.onnx', external(64, 64))
    writeFileSync(join(folder.path, 'weights.bin'), new Uint8Array(100))
    const error = await failure(open(path))
    expect(error.code).toBe('MODEL_BROKEN')
    expect(error.message).toContain('weights.bin cannot be used: it is cut off: 100 of at least 128 bytes')

    writeFileSync(join(folder.path, 'weights.bin'), new Uint8Array(128))
    const graph = await open(path)
    expect(graph.bytes).toBe(readFileSync(path).length + 128)
    await graph.release()
  })

  it('says that a graph is cut off', async () => {
    const path = join(folder.path, 'short.onnx')
    copyFileSync(saveGraph(folder.path, 'whole.onnx', matMulGraph), path)
    truncateSync(path, 100)
    const error = await failure(open(path))
    expect(error.code).toBe('MODEL_BROKEN')
    expect(error.message).toContain('short.onnx cannot be used: it is cut off')
  })

  it.each([
    ['pointer.onnx', 'version https://git-lfs.github.com/spec/v1', 'Git LFS pointer'],
    ['text.onnx', 'This is no graph at all.', 'it is'],
    ['empty.onnx', '', 'it holds no graph'],
  ])('says what %s is instead of a graph', async (name, content, message) => {
    writeFileSync(join(folder.path, name), content)
    const error = await failure(open(join(folder.path, name)))
    expect(error.code).toBe('MODEL_BROKEN')
    expect(error.message).toContain(message)
  })

  it('says that a graph is not there', async () => {
    expect((await failure(open(join(folder.path, 'none.onnx')))).message).toContain(
      'none.onnx cannot be used: it is missing',
    )
  })

  it('says that the device is not there', async () => {
    const path = saveGraph(folder.path, 'device.onnx', matMulGraph)
    // CoreML exists on macOS alone, DirectML on Windows alone.
    const provider = process.platform === 'darwin' ? 'dml' : 'coreml'
    expect(await failure(openGraph({ path, role: 'sample', provider }))).toMatchObject({ code: 'DEVICE_UNAVAILABLE' })
  })

  it('says that an operation is not known', async () => {
    const path = saveGraph(folder.path, 'unknown.onnx', {
      ...matMulGraph,
      nodes: [{ op: 'FoldSpace', inputs: ['x'], outputs: ['y'] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['rows', 4] }],
    })
    expect(await failure(open(path))).toMatchObject({ code: 'MODEL_UNSUPPORTED' })
  })
})

describe('limits', () => {
  it('says that memory ran out', async () => {
    const path = saveGraph(folder.path, 'huge.onnx', {
      inputs: [
        { name: 'x', dtype: 'float32', shape: [1] },
        { name: 'shape', dtype: 'int64', shape: [3] },
      ],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['a', 'b', 'c'] }],
      nodes: [{ op: 'Expand', inputs: ['x', 'shape'], outputs: ['y'] }],
    })
    const graph = await open(path, 'decoder')
    const shape = tensor('int64', [3], BigInt64Array.of(1_000_000n, 10_000n, 100n))
    const error = await failure(graph.run({ x: float32([1]), shape }))
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', message: 'There was not enough memory to run the decoder' })
    await graph.release()
  })

  it('a released graph cannot run, and can be released again', async () => {
    const graph = await open(saveGraph(folder.path, 'released.onnx', matMulGraph))
    await graph.release()
    await graph.release()
    expect((await failure(graph.run({ x: float32([1, 4]) }))).message).toContain('after it was released')
  })
})
