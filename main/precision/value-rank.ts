import type { NodeProto } from '../runtime/onnx/onnx_pb'
import { elementsIn } from './stored-tensor'
import { intAttribute, type EditableGraph } from './editable-graph'

/** Operators whose results have as many axes as their first input. */
const keeping = new Set([
  ...['Abs', 'Sigmoid', 'Softmax', 'Split', 'Cast', 'Identity', 'Relu', 'Gelu', 'FastGelu', 'Tanh', 'Transpose'],
  ...['LayerNormalization', 'SimplifiedLayerNormalization', 'SkipSimplifiedLayerNormalization'],
  ...['QuantizeLinear', 'DequantizeLinear', 'MatMulIntegerToFloat', 'MultiHeadAttention', 'Concat'],
])
/** Operators whose results have as many axes as that of their inputs which has most. */
const broadcasting = new Set(['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'MatMul'])

/** How many axes a value has, followed back to where that is written; null where it cannot be told. */
export function valueRank(
  graph: EditableGraph,
  name: string,
  producers: ReadonlyMap<string, NodeProto>,
  known = new Map<string, number | null>(),
): number | null {
  const before = known.get(name)
  if (before !== undefined) return before
  const rank = rankOf(graph, name, (input) => valueRank(graph, input, producers, known), producers.get(name))
  known.set(name, rank)
  return rank
}

function rankOf(
  graph: EditableGraph,
  name: string,
  of: (input: string) => number | null,
  node: NodeProto | undefined,
): number | null {
  const weight = graph.weights.get(name)
  if (weight !== undefined) return weight.dims.length
  if (node === undefined) {
    const type = graph.graph.input.find((input) => input.name === name)?.type?.value
    return (type?.case === 'tensorType' ? type.value.shape?.dim.length : null) ?? null
  }
  if (node.opType === 'Reshape') {
    const shape = graph.weights.get(node.input[1]!)
    return shape === undefined ? null : elementsIn(shape.dims)
  }
  if (keeping.has(node.opType) || (node.opType === 'ReduceMax' && intAttribute(node, 'keepdims', 1) === 1)) {
    return of(node.input[0]!)
  }
  if (node.opType === 'Unsqueeze') {
    const [rank, axes] = [of(node.input[0]!), graph.weights.get(node.input[1] ?? '')]
    return rank === null || axes === undefined ? null : rank + elementsIn(axes.dims)
  }
  const ranks = node.input.map(of)
  if (ranks.includes(null)) return null
  if (node.opType === 'Gather') return Number(ranks[0]) + Number(ranks[1]) - 1
  return broadcasting.has(node.opType) ? Math.max(...ranks.map(Number)) : null
}
