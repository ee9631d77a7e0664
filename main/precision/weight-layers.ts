// The layers whose precision is chosen: operations with weights.

import type { NodeProto } from '../runtime/onnx/onnx_pb'
import { floatAttribute, intAttribute, type EditableGraph } from './editable-graph'
import { elementsIn, isFloat, type StoredTensor } from './stored-tensor'

export interface WeightLayer {
  /** The node's name, or its output's where it has none or shares it. */
  readonly name: string
  readonly operator: 'MatMul' | 'Gemm' | 'Conv' | 'ConvTranspose'
  readonly node: NodeProto
  /** What it makes. */
  readonly output: string
  /** What flows in. */
  readonly activation: string
  readonly weight: string
  readonly tensor: StoredTensor
  /** Numbers in the weight. */
  readonly weights: number
}

const operators: ReadonlySet<string> = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose'])

/** Every layer of a graph in its order. A product of two activations is none. */
export function weightLayers(graph: EditableGraph): WeightLayer[] {
  const times = new Map<string, number>()
  for (const { name } of graph.nodes) times.set(name, (times.get(name) ?? 0) + 1)
  return graph.nodes.flatMap((node) => {
    if (!operators.has(node.opType) || (node.domain !== '' && node.domain !== 'ai.onnx')) return []
    const [activation, weight, bias] = node.input
    const tensor = graph.weights.get(weight ?? '')
    if (activation === undefined || weight === undefined || tensor === undefined || !isFloat(tensor)) return []
    if (graph.weights.has(activation) || elementsIn(tensor.dims) === 0) return []
    const operator = node.opType as WeightLayer['operator']
    if (operator === 'MatMul' && tensor.dims.length !== 2) return []
    // A Gemm that scales or turns its activation is computed as it stands.
    if (operator === 'Gemm' && (intAttribute(node, 'transA', 0) === 1 || floatAttribute(node, 'alpha', 1) !== 1))
      return []
    if (operator === 'Gemm' && bias !== undefined && floatAttribute(node, 'beta', 1) !== 1) return []
    const output = node.output[0]!
    const name = node.name !== '' && times.get(node.name) === 1 ? node.name : output
    return [{ name, operator, node, output, activation, weight, tensor, weights: elementsIn(tensor.dims) }]
  })
}

/** Whether a layer is a plain product whose weight can be seen as [K, N]: K in, N out. */
export function isProduct(layer: WeightLayer): boolean {
  return layer.operator === 'MatMul' || layer.operator === 'Gemm'
}

/** K and N of a product's weight, and whether it is stored as [N, K]. */
export function productSizes(layer: WeightLayer): { K: number; N: number; isTurned: boolean } {
  const [rows, columns] = layer.tensor.dims as [number, number]
  const isTurned = layer.operator === 'Gemm' && intAttribute(layer.node, 'transB', 0) === 1
  return isTurned ? { K: columns, N: rows, isTurned } : { K: rows, N: columns, isTurned }
}

/** A product's weight as N rows of K: one row an output channel. */
export function channelRows(layer: WeightLayer, values: Float32Array): Float32Array {
  const { K, N, isTurned } = productSizes(layer)
  return isTurned ? values : transposed(values, K, N)
}

/** [rows, columns] to [columns, rows]. */
export function transposed<A extends Float32Array | Int8Array | Uint8Array>(
  values: A,
  rows: number,
  columns: number,
): A {
  const result = new (values.constructor as new (length: number) => A)(values.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column]!
  }
  return result
}
