import { afterAll, describe, expect, it } from 'vitest'
import { shapeAt } from '../../contract/inspection-counts'
import { TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'
import { countModel } from './count-model'
import { openOnnx } from './open-onnx'
import {
  absent,
  ints,
  modelBytes,
  node,
  SampleFolder,
  value,
  type AttributeValue,
  type GraphInit,
} from './testing/sample-models'

const folder = new SampleFolder()
afterAll(() => folder.remove())

/** Counts a model of one node `y`. */
function countOne(
  op: string,
  inputs: readonly string[],
  graph: GraphInit,
  attributes: Record<string, AttributeValue> = {},
  domain = '',
) {
  const path = folder.save(
    'one.onnx',
    modelBytes({ output: [{ name: 'y' }], ...graph, node: [node(op, inputs, ['y'], attributes, domain)] }),
  )
  const model = openOnnx(path)
  const counts = countModel(model, {})
  const y = model.file.tensors.findIndex(({ name }) => name === 'y')
  return {
    macs: counts.nodes.macs[0],
    elementOps: counts.nodes.elementOps[0],
    bytes: counts.nodes.bytesMoved[0],
    shape: shapeAt(counts, y),
    parameters: model.file.parameters,
    assumed: counts.assumed,
  }
}

describe('multiply-adds of one operator', () => {
  it('are N Co H W Ci k² of a convolution', () => {
    const one = countOne(
      'Conv',
      ['x', 'w', 'b'],
      { input: [value('x', [2, 16, 32, 32])], initializer: [absent('w', [24, 16, 3, 3]), absent('b', [24])] },
      { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] },
    )
    expect(one.shape).toEqual([2, 24, 16, 16])
    expect(one.macs).toBe(2 * 24 * 16 * 16 * 16 * 9)
    expect(one.elementOps).toBe(2 * 24 * 16 * 16)
    expect(one.parameters).toBe(24 * 16 * 9 + 24)
    expect(one.bytes).toBe(4 * (2 * 16 * 32 * 32 + 24 * 16 * 9 + 24 + 2 * 24 * 16 * 16))
  })

  it('are divided by the groups of a convolution', () => {
    const one = countOne(
      'Conv',
      ['x', 'w'],
      { input: [value('x', [1, 32, 14, 14])], initializer: [absent('w', [32, 1, 5, 5])] },
      { group: 32, pads: [2, 2, 2, 2] },
    )
    expect(one.shape).toEqual([1, 32, 14, 14])
    expect(one.macs).toBe(32 * 14 * 14 * 25)
  })

  it('follow dilation and automatic padding', () => {
    const dilated = countOne(
      'Conv',
      ['x', 'w'],
      { input: [value('x', [1, 1, 20, 20])], initializer: [absent('w', [1, 1, 3, 3])] },
      { dilations: [2, 2] },
    )
    expect(dilated.shape).toEqual([1, 1, 16, 16])
    const same = countOne(
      'Conv',
      ['x', 'w'],
      { input: [value('x', [1, 1, 21, 21])], initializer: [absent('w', [1, 1, 3, 3])] },
      { auto_pad: 'SAME_UPPER', strides: [2, 2] },
    )
    expect(same.shape).toEqual([1, 1, 11, 11])
  })

  it.each(['ConvInteger', 'FusedConv'])('are those of a convolution in %s', (op) => {
    const type = op === 'ConvInteger' ? Type.UINT8 : Type.FLOAT
    const one = countOne(
      op,
      ['x', 'w'],
      { input: [value('x', [1, 8, 10, 10], type)], initializer: [absent('w', [4, 8, 3, 3], type)] },
      {},
      op === 'FusedConv' ? 'com.microsoft' : '',
    )
    expect(one.macs).toBe(4 * 8 * 8 * 8 * 9)
  })

  it('are those of a convolution in QLinearConv, whose bias of whole numbers is a parameter', () => {
    const scalars = ['xs', 'xz', 'ws', 'wz', 'ys', 'yz'].map((name) =>
      absent(name, [], name.endsWith('s') ? Type.FLOAT : Type.UINT8),
    )
    const one = countOne('QLinearConv', ['x', 'xs', 'xz', 'w', 'ws', 'wz', 'ys', 'yz', 'b'], {
      input: [value('x', [1, 8, 10, 10], Type.UINT8)],
      initializer: [absent('w', [4, 8, 3, 3], Type.INT8), absent('b', [4], Type.INT32), ...scalars],
    })
    expect(one.macs).toBe(4 * 8 * 8 * 8 * 9)
    expect(one.parameters).toBe(4 * 8 * 9 + 4)
  })

  it('are N Ci Hin Win Co k² of a transposed convolution', () => {
    const one = countOne(
      'ConvTranspose',
      ['x', 'w'],
      { input: [value('x', [1, 16, 8, 8])], initializer: [absent('w', [16, 6, 4, 4])] },
      { strides: [2, 2], pads: [1, 1, 1, 1] },
    )
    expect(one.shape).toEqual([1, 6, 16, 16])
    expect(one.macs).toBe(16 * 8 * 8 * 6 * 16)
  })

  it.each([
    ['MatMul', '', [5, 7, 11], [11, 13], [5, 7, 13], 5 * 7 * 11 * 13],
    ['MatMul', '', [3, 1, 7, 11], [4, 11, 13], [3, 4, 7, 13], 3 * 4 * 7 * 11 * 13],
    ['MatMul', '', [11], [11, 13], [13], 11 * 13],
    ['MatMulInteger', '', [7, 11], [11, 13], [7, 13], 7 * 11 * 13],
    ['FusedMatMul', 'com.microsoft', [7, 11], [11, 13], [7, 13], 7 * 11 * 13],
  ] as const)('are batch M K N of %s%s over %j and %j', (op, domain, left, right, shape, macs) => {
    const one = countOne(op, ['a', 'b'], { input: [value('a', left), value('b', right)] }, {}, domain)
    expect(one.shape).toEqual(shape)
    expect(one.macs).toBe(macs)
  })

  it('are M K N of Gemm, whichever side is transposed', () => {
    const one = countOne(
      'Gemm',
      ['a', 'b', 'c'],
      { input: [value('a', [11, 7])], initializer: [absent('b', [13, 11]), absent('c', [13])] },
      { transA: 1, transB: 1 },
    )
    expect(one.shape).toEqual([7, 13])
    expect(one.macs).toBe(7 * 11 * 13)
    expect(one.elementOps).toBe(7 * 13)
  })

  it('are rows K N of MatMulNBits, whose packed matrix counts in full', () => {
    const one = countOne(
      'MatMulNBits',
      ['x', 'codes', 'scales'],
      {
        input: [value('x', [1, 9, 64])],
        initializer: [absent('codes', [48, 2, 16], Type.UINT8), absent('scales', [96])],
      },
      { K: 64, N: 48, bits: 4, block_size: 32 },
      'com.microsoft',
    )
    expect(one.shape).toEqual([1, 9, 48])
    expect(one.macs).toBe(9 * 64 * 48)
    expect(one.parameters).toBe(64 * 48)
  })

  it('are the product of all index sizes of Einsum', () => {
    const one = countOne(
      'Einsum',
      ['a', 'b'],
      { input: [value('a', [2, 3, 5, 7]), value('b', [2, 3, 11, 7])] },
      { equation: 'bhqd,bhkd->bhqk' },
    )
    expect(one.shape).toEqual([2, 3, 5, 11])
    expect(one.macs).toBe(2 * 3 * 5 * 11 * 7)
    const dots = countOne(
      'Einsum',
      ['a', 'b'],
      { input: [value('a', [2, 3, 5]), value('b', [5, 7])] },
      { equation: '...i,ij->...j' },
    )
    expect(dots.shape).toEqual([2, 3, 7])
    expect(dots.macs).toBe(2 * 3 * 5 * 7)
  })

  it('are scores and values of ONNX’s Attention, over fewer heads of keys', () => {
    const rows = countOne(
      'Attention',
      ['q', 'k', 'v'],
      { input: [value('q', [2, 5, 64]), value('k', [2, 9, 16]), value('v', [2, 9, 16])] },
      { q_num_heads: 8, kv_num_heads: 2 },
    )
    expect(rows.shape).toEqual([2, 5, 64])
    expect(rows.macs).toBe(2 * 2 * 5 * 9 * 64)
    const apart = countOne(
      'Attention',
      ['q', 'k', 'v'],
      { input: [value('q', [2, 8, 5, 8]), value('k', [2, 2, 9, 8]), value('v', [2, 2, 9, 4])] },
      { is_causal: 1 },
    )
    expect(apart.shape).toEqual([2, 8, 5, 4])
    expect(apart.macs).toBe(2 * 8 * 5 * 9 * (8 + 4))
    expect(apart.assumed[0]?.assumption).toContain('causal')
  })

  it('are scores and values of MultiHeadAttention, projections apart', () => {
    const one = countOne(
      'MultiHeadAttention',
      ['q', 'k', 'v'],
      { input: [value('q', [2, 5, 64]), value('k', [2, 9, 64]), value('v', [2, 9, 64])] },
      { num_heads: 4 },
      'com.microsoft',
    )
    expect(one.macs).toBe(2 * 2 * 5 * 9 * 64)
  })

  it.each(['Attention', 'QAttention'])('have the projections inside com.microsoft’s %s', (op) => {
    const [batch, rows, width] = [2, 6, 32]
    const type = op === 'QAttention' ? Type.INT8 : Type.FLOAT
    const one = countOne(
      op,
      ['x', 'w', 'b'],
      {
        input: [value('x', [batch, rows, width], type)],
        initializer: [absent('w', [width, 3 * width], type), absent('b', [3 * width])],
      },
      { num_heads: 4 },
      'com.microsoft',
    )
    expect(one.macs).toBe(3 * batch * rows * width ** 2 + 2 * batch * rows * rows * width)
  })

  it('look at past and present in GroupQueryAttention', () => {
    const cache = value('pk', [1, 2, 10, 8])
    const one = countOne(
      'GroupQueryAttention',
      ['q', 'k', 'v', 'pk', 'pv'],
      {
        input: [
          value('q', [1, 3, 32]),
          value('k', [1, 3, 16]),
          value('v', [1, 3, 16]),
          cache,
          value('pv', [1, 2, 10, 8]),
        ],
      },
      { num_heads: 4, kv_num_heads: 2 },
      'com.microsoft',
    )
    expect(one.macs).toBe(2 * 4 * 3 * 13 * 8)
    expect(one.assumed).toHaveLength(1)
  })

  it.each([
    ['LSTM', 4],
    ['GRU', 3],
  ] as const)('are steps N directions gates H (I + H) of %s', (op, gates) => {
    const [steps, batch, inputs, hidden] = [7, 2, 10, 16]
    const one = countOne(
      op,
      ['x', 'w', 'r'],
      {
        input: [value('x', [steps, batch, inputs])],
        initializer: [absent('w', [2, gates * hidden, inputs]), absent('r', [2, gates * hidden, hidden])],
      },
      { hidden_size: hidden, direction: 'bidirectional' },
    )
    expect(one.shape).toEqual([steps, 2, batch, hidden])
    expect(one.macs).toBe(steps * batch * 2 * gates * hidden * (inputs + hidden))
  })

  it.each([
    ['nearest', 0],
    ['linear', 4],
    ['cubic', 16],
  ] as const)('are the neighbours of each value in %s interpolation', (mode, neighbours) => {
    const one = countOne(
      'Resize',
      ['x', '', '', 'sizes'],
      { input: [value('x', [1, 3, 8, 8])], initializer: [ints('sizes', [1, 3, 20, 24])] },
      { mode },
    )
    expect(one.shape).toEqual([1, 3, 20, 24])
    expect(one.macs).toBe(3 * 20 * 24 * neighbours)
  })

  it('are 4 a sample of GridSample and RoiAlign', () => {
    const grid = countOne(
      'GridSample',
      ['x', 'g'],
      { input: [value('x', [1, 5, 8, 8]), value('g', [1, 6, 7, 2])] },
      { mode: 'linear' },
    )
    expect(grid.shape).toEqual([1, 5, 6, 7])
    expect(grid.macs).toBe(5 * 6 * 7 * 4)
    const roi = countOne(
      'RoiAlign',
      ['x', 'r', 'i'],
      { input: [value('x', [1, 5, 20, 20]), value('r', [9, 4]), value('i', [9], Type.INT64)] },
      { output_height: 7, output_width: 7, sampling_ratio: 2 },
    )
    expect(roi.shape).toEqual([9, 5, 7, 7])
    expect(roi.macs).toBe(9 * 5 * 7 * 7 * 4 * 4)
  })

  it.each([
    'LayerNormalization',
    'InstanceNormalization',
    'BatchNormalization',
    'Softmax',
    'Sigmoid',
    'Add',
    'Mul',
    'Gelu',
  ])('are none in %s, which works on elements', (op) => {
    const shape = [2, 8, 4, 4]
    const one = countOne(op, op === 'Add' || op === 'Mul' ? ['x', 'x2'] : ['x'], {
      input: [value('x', shape), value('x2', shape)],
    })
    expect(one.shape).toEqual(shape)
    expect(one.macs).toBe(0)
    expect(one.elementOps! % (2 * 8 * 16)).toBe(0)
    expect(one.elementOps).toBeGreaterThan(0)
  })

  it.each([
    ['GlobalAveragePool', [2, 8, 4, 4], [2, 8, 1, 1]],
    ['ReduceMean', [2, 8, 4, 4], [1, 1, 1, 1]],
  ] as const)('are none in %s, which adds every input once', (op, shape, output) => {
    const one = countOne(op, ['x'], { input: [value('x', shape)] })
    expect(one).toMatchObject({ macs: 0, elementOps: 256, shape: output })
  })

  it.each([
    ['Transpose', ['x'], {}, [4, 3, 2], 2 * 4 * 24],
    ['Concat', ['x', 'x'], { axis: 1 }, [2, 6, 4], 4 * (24 + 24 + 48)],
    ['Gather', ['x', 'i'], { axis: 0 }, [2, 3, 4], 2 * 4 * 24 + 16],
    ['Reshape', ['x', 's'], {}, [6, 4], 0],
    ['Cast', ['x'], { to: Type.FLOAT16 }, [2, 3, 4], 4 * 24 + 2 * 24],
  ] as const)('are none in %s, which moves bytes', (op, inputs, attributes, shape, bytes) => {
    const one = countOne(
      op,
      inputs,
      { input: [value('x', [2, 3, 4])], initializer: [ints('i', [0, 1]), ints('s', [6, -1])] },
      attributes,
    )
    expect(one).toMatchObject({ macs: 0, shape, bytes })
  })

  it('are unknown, not 0, where a size is, and for an operator that nobody knows', () => {
    const free = countOne('MatMul', ['a', 'b'], { input: [value('a', ['rows', 4]), value('b', [4, 4])] })
    expect(free).toMatchObject({ macs: null, bytes: null, shape: [null, 4] })
    const foreign = countOne('Conv', ['x'], { input: [value('x', [1, 2])] }, {}, 'my.own')
    expect(foreign).toMatchObject({ macs: null, elementOps: null, bytes: null })
  })
})
