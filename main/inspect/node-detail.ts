import type { Convolution, NodeDetail } from '../../contract/inspection'
import { convolutionSchema } from '../../contract/inspection'
import { attributeText, attributeType } from './attribute-text'
import { countGraph, type GraphCounts } from './count-graph'
import { completeSizes } from './dimensions'
import type { Graph } from './graph'
import type { OpenedModel } from './opened-model'
import { quantisationOf } from './quantisation'

/** How multiply-adds are counted, for the operators that have any. */
const formulas: Readonly<Record<string, string>> = {
  Conv: 'N Co H W (Ci/g) k²',
  FusedConv: 'N Co H W (Ci/g) k²',
  ConvInteger: 'N Co H W (Ci/g) k²',
  QLinearConv: 'N Co H W (Ci/g) k²',
  ConvTranspose: 'N Ci Hin Win (Co/g) k²',
  Gemm: 'M K N',
  FusedGemm: 'M K N',
  MatMul: 'batch M K N',
  FusedMatMul: 'batch M K N',
  MatMulInteger: 'batch M K N',
  MatMulIntegerToFloat: 'batch M K N',
  DynamicQuantizeMatMul: 'batch M K N',
  QLinearMatMul: 'batch M K N',
  MatMulNBits: 'batch M K N, with K and N as attributes',
  Einsum: 'the product of all index sizes',
  Attention: 'N h S T d for the scores and again for the values',
  MultiHeadAttention: 'N h S T d for the scores and again for the values',
  GroupQueryAttention: '2 N h S T d, T = past + S',
  LSTM: 'steps N directions 4 H (I + H)',
  GRU: 'steps N directions 3 H (I + H)',
  RNN: 'steps N directions H (I + H)',
  Resize: 'neighbours for each value: 4 in linear, 16 in cubic, 0 in nearest interpolation',
  Upsample: 'neighbours for each value: 4 in linear, 0 in nearest interpolation',
  GridSample: 'neighbours for each value: 4 in linear, 16 in cubic interpolation',
  RoiAlign: '4 for each sample of each value',
}

/** A node as a two-dimensional convolution with square kernel and stride; null where it is none, or sizes are unknown. */
function convolutionOf(graph: Graph, { frame }: GraphCounts, index: number): Convolution | null {
  const node = graph.nodes[index]
  if (node === undefined || !['Conv', 'FusedConv', 'QLinearConv', 'ConvInteger'].includes(node.op)) return null
  const shapeOf = (tensor: number | undefined) =>
    tensor === undefined || tensor < 0 ? null : (frame.shapes[tensor] ?? null)
  const input = shapeOf(node.inputs[0])
  const filters = shapeOf(node.inputs[node.op === 'QLinearConv' ? 3 : 1])
  const strides = node.attributes.get('strides')?.ints.map(Number) ?? [1, 1]
  if (input?.length !== 4 || filters?.length !== 4 || filters[2] !== filters[3] || strides[0] !== strides[1])
    return null
  const parsed = convolutionSchema.safeParse({
    kernel: filters[2],
    inputChannels: input[1],
    outputChannels: filters[0],
    height: input[2],
    width: input[3],
    stride: strides[0],
    groups: Number(node.attributes.get('group')?.i ?? 1n),
  })
  return parsed.success ? parsed.data : null
}

/** What may stand between a depthwise and a pointwise convolution without changing what they are together. */
const between = new Set([
  'BatchNormalization',
  'Relu',
  'Clip',
  'HardSwish',
  'LeakyRelu',
  'PRelu',
  'Sigmoid',
  'Mul',
  'Identity',
])
const furthest = 4

const isDepthwise = ({ groups, inputChannels, kernel }: Convolution): boolean =>
  groups > 1 && groups === inputChannels && kernel > 1
const isPointwise = ({ groups, kernel }: Convolution): boolean => groups === 1 && kernel === 1

/** The convolution that a node's result goes into, past normalisation and activation; null where it goes elsewhere too. */
function nextConvolution(
  graph: Graph,
  counts: GraphCounts,
  index: number,
): { node: number; convolution: Convolution } | null {
  let at = index
  for (let step = 0; step < furthest; step += 1) {
    const output = graph.nodes[at]!.outputs[0] ?? -1
    const readers = graph.nodes.flatMap(({ inputs }, reader) => (inputs.includes(output) ? [reader] : []))
    const next = readers.find((reader) => !between.has(graph.nodes[reader]!.op)) ?? readers[0]
    if (output < 0 || next === undefined) return null
    const convolution = convolutionOf(graph, counts, next)
    if (convolution !== null) return { node: next, convolution }
    if (!between.has(graph.nodes[next]!.op)) return null
    at = next
  }
  return null
}

function separableOf(graph: Graph, counts: GraphCounts, index: number): NodeDetail['separable'] {
  const own = convolutionOf(graph, counts, index)
  if (own === null) return null
  const pair = isDepthwise(own)
    ? { depthwise: index, first: own, after: nextConvolution(graph, counts, index) }
    : isPointwise(own)
      ? depthwiseBefore(graph, counts, index)
      : null
  if (pair?.after == null || !isPointwise(pair.after.convolution)) return null
  const { outputChannels } = pair.after.convolution
  const plain: Convolution = { ...pair.first, outputChannels, groups: 1 }
  const area = Math.ceil(plain.height / plain.stride) * Math.ceil(plain.width / plain.stride)
  const plainMacs = plain.kernel ** 2 * plain.inputChannels * outputChannels * area
  const macs = (counts.costs[pair.depthwise]?.macs ?? 0) + (counts.costs[pair.after.node]?.macs ?? 0)
  return macs === 0 ? null : { depthwise: pair.depthwise, pointwise: pair.after.node, plain, times: plainMacs / macs }
}

/** The depthwise convolution that leads to this pointwise one. */
function depthwiseBefore(graph: Graph, counts: GraphCounts, index: number) {
  let tensor = graph.nodes[index]!.inputs[0] ?? -1
  for (let step = 0; step < furthest; step += 1) {
    const before = graph.nodes.findIndex(({ outputs }) => tensor >= 0 && outputs.includes(tensor))
    if (before < 0) return null
    const first = convolutionOf(graph, counts, before)
    if (first !== null) {
      return isDepthwise(first) ? { depthwise: before, first, after: nextConvolution(graph, counts, before) } : null
    }
    if (!between.has(graph.nodes[before]!.op)) return null
    tensor = graph.nodes[before]!.inputs[0] ?? -1
  }
  return null
}

/** What a node's card shows beyond the list, at chosen sizes. */
export function nodeDetail(
  { file, graph, constants }: OpenedModel,
  index: number,
  given: Readonly<Record<string, number>>,
): NodeDetail {
  const node = graph.nodes[index]!
  const counts = countGraph(graph, constants, completeSizes(file.dimensions, given))
  return {
    node: index,
    description: node.description,
    attributes: [...node.attributes.values()].map((attribute) => ({
      name: attribute.name,
      type: attributeType(attribute),
      value: attributeText(attribute),
    })),
    formula: formulas[node.op] ?? null,
    quantisation: quantisationOf(graph, counts.frame, index),
    convolution: convolutionOf(graph, counts, index),
    separable: separableOf(graph, counts, index),
  }
}
