import { afterAll, describe, expect, it } from 'vitest'
import { TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'
import { nodeDetail } from './node-detail'
import { openOnnx } from './open-onnx'
import { absent, modelBytes, node, SampleFolder, value, type GraphInit } from './testing/sample-models'

const folder = new SampleFolder()
afterAll(() => folder.remove())

function quantisation(graph: GraphInit, index: number) {
  const path = folder.save('quantised.onnx', modelBytes({ output: [{ name: 'y' }], ...graph }))
  return nodeDetail(openOnnx(path), index, {}).quantisation.map(
    ({ role, dtype, bits, scale, zeroPoint, axis, blockSize }) => ({
      role,
      dtype,
      bits,
      scale,
      zeroPoint,
      axis,
      blockSize,
    }),
  )
}

const floats = (name: string, values: number[], dims = [values.length]) => ({
  name,
  dims: dims.map(BigInt),
  dataType: Type.FLOAT,
  floatData: values,
})
const bytes = (name: string, values: number[], dims = [values.length]) => ({
  name,
  dims: dims.map(BigInt),
  dataType: Type.UINT8,
  int32Data: values,
})

describe('how a node’s tensors are quantised', () => {
  it('is told of QuantizeLinear and DequantizeLinear, by slice along an axis', () => {
    const graph: GraphInit = {
      input: [value('x', [1, 3, 4])],
      initializer: [floats('s', [0.5, 0.25, 1]), bytes('z', [128, 128, 128]), floats('one', [0.1], [])],
      node: [
        node('QuantizeLinear', ['x', 's', 'z'], ['q'], { axis: 1 }),
        node('DequantizeLinear', ['q', 'one'], ['y']),
      ],
    }
    const rest = { dtype: 'uint8', bits: null, blockSize: null }
    expect(quantisation(graph, 0)).toEqual([
      { ...rest, role: 'output', scale: '3, 0.25 to 1', zeroPoint: '128, 3 times', axis: 1 },
    ])
    expect(quantisation(graph, 1)).toEqual([{ ...rest, role: 'input', scale: '0.1', zeroPoint: '0', axis: null }])
  })

  it('is told of a node between them', () => {
    const graph: GraphInit = {
      input: [value('qx', [2, 4], Type.UINT8)],
      initializer: [floats('s', [0.5], []), bytes('z', [3], []), floats('t', [2], []), absent('w', [4, 4])],
      node: [
        node('DequantizeLinear', ['qx', 's', 'z'], ['x']),
        node('MatMul', ['x', 'w'], ['m']),
        node('QuantizeLinear', ['m', 't', 'z'], ['y']),
      ],
    }
    expect(quantisation(graph, 1)).toMatchObject([
      { role: 'input 0', scale: '0.5', zeroPoint: '3', dtype: 'uint8' },
      { role: 'output', scale: '2', zeroPoint: '3', dtype: 'uint8' },
    ])
  })

  it('is told of blocks of few bits, whose zero point lies in the middle where none is given', () => {
    const graph: GraphInit = {
      input: [value('x', [1, 64])],
      initializer: [absent('codes', [48, 2, 16], Type.UINT8), absent('scales', [96])],
      node: [
        node(
          'MatMulNBits',
          ['x', 'codes', 'scales'],
          ['y'],
          { K: 64, N: 48, bits: 4, block_size: 32 },
          'com.microsoft',
        ),
      ],
    }
    expect(quantisation(graph, 0)).toEqual([
      {
        role: 'B',
        dtype: 'uint8',
        bits: 4,
        scale: '96 in the file',
        zeroPoint: '8, as none is given',
        axis: null,
        blockSize: 32,
      },
    ])
  })

  it('is found in each run by DynamicQuantizeLinear, and applied after MatMulInteger', () => {
    const graph: GraphInit = {
      input: [value('x', [2, 4])],
      initializer: [absent('w', [4, 4], Type.INT8), bytes('wz', [7], [])],
      node: [
        node('DynamicQuantizeLinear', ['x'], ['q', 'qs', 'qz']),
        node('MatMulInteger', ['q', 'w', 'qz', 'wz'], ['y']),
      ],
    }
    expect(quantisation(graph, 0)).toMatchObject([{ scale: 'found in each run', zeroPoint: 'found in each run' }])
    expect(quantisation(graph, 1)).toMatchObject([
      { role: 'A', scale: null, zeroPoint: 'found in each run', dtype: 'uint8' },
      { role: 'B', scale: null, zeroPoint: '7', dtype: 'int8' },
    ])
  })

  it('is nothing where no codes are about', () => {
    expect(quantisation({ input: [value('x', [2, 4])], node: [node('Relu', ['x'], ['y'])] }, 0)).toEqual([])
  })
})
