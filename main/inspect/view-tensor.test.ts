import { afterAll, describe, expect, it } from 'vitest'
import { TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'
import { decodeElements } from './element-values'
import { openOnnx } from './open-onnx'
import { modelBytes, SampleFolder } from './testing/sample-models'
import { viewTensor } from './view-tensor'

const folder = new SampleFolder()
afterAll(() => folder.remove())

const request = { bins: 4, first: 3, at: [], rows: 8, columns: 8 }

function view(
  initializer: { dims: bigint[]; dataType: Type; rawData?: Uint8Array; int32Data?: number[]; floatData?: number[] },
  asked = {},
) {
  const { file, valueSource } = openOnnx(
    folder.save('w.onnx', modelBytes({ initializer: [{ name: 'w', ...initializer }] })),
  )
  return viewTensor('w', file.weights[0]!, valueSource(0), { ...request, ...asked })
}

const bytes = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer)

describe('a weight’s values', () => {
  it('have their statistics, a histogram and the first of them', () => {
    const shown = view({
      dims: [2n, 4n],
      dataType: Type.FLOAT,
      rawData: bytes(new Float32Array([0, 1, 2, 3, 4, 5, 6, 8])),
    })
    expect(shown.statistics).toMatchObject({ minimum: 0, maximum: 8, mean: 3.625 })
    expect(shown.statistics!.standardDeviation).toBeCloseTo(Math.sqrt(155 / 8 - 3.625 ** 2), 12)
    expect(shown.histogram).toEqual({ low: 0, high: 8, counts: [2, 2, 2, 2] })
    expect(shown).toMatchObject({ zeros: 1 / 8, first: [0, 1, 2], elements: 8 })
    expect(shown.slice).toMatchObject({
      rowAxis: 0,
      columnAxis: 1,
      rows: 2,
      columns: 4,
      values: [0, 1, 2, 3, 4, 5, 6, 8],
    })
  })

  it('keep NaN and infinity out of the statistics and in the slice', () => {
    const shown = view({
      dims: [4n],
      dataType: Type.FLOAT,
      rawData: bytes(new Float32Array([NaN, Infinity, -Infinity, 2])),
    })
    expect(shown).toMatchObject({ nans: 0.25, infinities: 0.5, statistics: { minimum: 2, maximum: 2 } })
    expect(shown.slice.values).toEqual(['NaN', 'Infinity', '-Infinity', 2])
  })

  it('may be none at all', () => {
    const shown = view({ dims: [0n, 3n], dataType: Type.FLOAT })
    expect(shown).toMatchObject({
      elements: 0,
      statistics: null,
      histogram: null,
      first: [],
      slice: { rows: 0, values: [] },
    })
  })

  it('are cut along any two axes', () => {
    const values = Float32Array.from({ length: 24 }, (_, index) => index)
    const shown = view(
      { dims: [2n, 3n, 4n], dataType: Type.FLOAT, rawData: bytes(values) },
      { rowAxis: 2, columnAxis: 0, at: [0, 1, 2], rows: 5, columns: 5 },
    )
    expect(shown.slice).toMatchObject({ rows: 2, columns: 2, values: [6, 18, 7, 19] })
  })

  it.each([
    ['float16', [0x3c00, 0xc000].flatMap((half) => [half & 255, half >> 8]), [1, -2]],
    ['bfloat16', [0x80, 0x3f, 0x00, 0xc0], [1, -2]],
    ['int8', [255, 127], [-1, 127]],
    ['uint8', [255, 127], [255, 127]],
    ['int4', [0x8f], [-1, -8]],
    ['uint4', [0x8f], [15, 8]],
    ['float8e4m3fn', [0x38, 0xfe], [1, -448]],
    ['float8e5m2', [0x3c, 0x7c], [1, Infinity]],
    ['float4e2m1', [0xf2], [1, -6]],
    ['int64', [254, 255, 255, 255, 255, 255, 255, 255], [-2]],
  ] as const)('are read from %s', (dtype, stored, values) => {
    expect([...decodeElements(dtype, Uint8Array.from(stored), values.length)]).toEqual(values)
  })

  it('are read wherever the tensor keeps them', () => {
    expect(view({ dims: [3n], dataType: Type.INT8, int32Data: [-1, 2, 3] }).first).toEqual([-1, 2, 3])
    expect(view({ dims: [2n], dataType: Type.FLOAT16, int32Data: [0x3c00, 0xc000] }).first).toEqual([1, -2])
    const large = Array.from({ length: 5000 }, (_, index) => index)
    const shown = view({ dims: [5000n], dataType: Type.FLOAT, floatData: large })
    expect(shown).toMatchObject({ elements: 5000, statistics: { maximum: 4999, mean: 2499.5 } })
    const ints = view({ dims: [5000n], dataType: Type.INT32, int32Data: large.map((value) => -value) })
    expect(ints.statistics).toMatchObject({ minimum: -4999 })
  })
})
