// Products on bytes that are made as the graph runs become products of float32: an activation is rounded to bytes of its row's largest
// number (QuantizeLinear), multiplied with stored codes (MatMulIntegerToFloat) and scaled back. In real numbers all of that but the
// rounding cancels, so what is left is one MatMul with the weight that the codes stand for.

import type { NodeProto } from '../runtime/onnx/onnx_pb'
import { intAttribute, makeNode, type EditableGraph } from './editable-graph'
import { dequantisedTensor } from './stored-codes'
import { scalarOf, type StoredTensor } from './stored-tensor'
import { valueRank } from './value-rank'

/** A product of float32 with what it stands for: where it reads, and where it writes. */
interface Unfolded {
  readonly activation: string
  readonly output: string
  /** What codes times their scales are multiplied by besides. */
  readonly factor: number
  /** The node that scaled the product back, which is part of it now. */
  readonly after: NodeProto | null
}

/** Unfolds, in place, products whose weights and scales are stored in the graph; others stay as they are. */
export function unfoldProducts(graph: EditableGraph): void {
  const [producers, consumers] = [graph.producers(), graph.consumers()]
  const products = new Map<NodeProto, readonly NodeProto[]>()
  const spent = new Set<NodeProto>()
  for (const node of graph.nodes) {
    if (node.opType !== 'MatMulIntegerToFloat') continue
    const unfolded = unfoldedOf(graph, node, producers, consumers)
    const weight = unfolded === null ? null : weightOf(graph, node, unfolded.factor)
    if (unfolded === null || weight === null) continue
    products.set(node, productNodes(graph, node, unfolded, weight))
    if (unfolded.after !== null) spent.add(unfolded.after)
  }
  graph.rewrite((node) => (spent.has(node) ? [] : (products.get(node) ?? [node])))
}

function productNodes(
  graph: EditableGraph,
  { name, input }: NodeProto,
  { activation, output }: Unfolded,
  tensor: StoredTensor,
): NodeProto[] {
  const weight = graph.addWeight(`${output}.weight`, tensor)
  const bias = input[6] ?? ''
  if (bias === '') return [makeNode('MatMul', [activation, weight], [output], { name })]
  const product = graph.fresh(`${output}.product`)
  return [
    makeNode('MatMul', [activation, weight], [product], { name }),
    makeNode('Add', [product, bias], [output], { name: `${name}.bias` }),
  ]
}

function unfoldedOf(
  graph: EditableGraph,
  node: NodeProto,
  producers: ReadonlyMap<string, NodeProto>,
  consumers: ReadonlyMap<string, readonly NodeProto[]>,
): Unfolded | null {
  const [bytes, , byteScale, , byteZero = '', , bias = ''] = node.input
  const rounding = producers.get(bytes ?? '')
  if (rounding?.opType !== 'QuantizeLinear') return null
  const [values, scaleName, zero = ''] = rounding.input
  const [scale, factor] = [scaleName, byteScale].map((name) => stored(graph, name))
  if (values === undefined || scale == null || factor == null || scale === 0 || zero !== byteZero) return null
  const output = node.output[0]!
  const alone: Unfolded = { activation: values, output, factor: factor / scale, after: null }
  // Rows are divided by their largest number before, and multiplied by it after.
  const division = producers.get(values)
  const [row, largest] = division?.opType === 'Div' ? division.input : []
  const readers = consumers.get(output) ?? []
  const after = readers[0]
  const isScaledBack =
    readers.length === 1 &&
    after?.opType === 'Mul' &&
    after.input.includes(output) &&
    after.input.some((name) => name === largest) &&
    !graph.outputNames.includes(output)
  if (row === undefined || largest === undefined || !isScaledBack || bias !== '') return alone
  if (!isOneARow(graph, largest, producers)) return alone
  return { ...alone, activation: row, output: after.output[0]!, after }
}

/** Whether a value has one number for each row: a maximum over the last axis, with a floor under it or without. */
function isOneARow(graph: EditableGraph, name: string, producers: ReadonlyMap<string, NodeProto>): boolean {
  const node = producers.get(name)
  if (node?.opType === 'Max' && node.input.length === 2) {
    const [value, floor] = node.input
    return stored(graph, floor) !== null && isOneARow(graph, value!, producers)
  }
  if (node?.opType !== 'ReduceMax' || intAttribute(node, 'keepdims', 1) !== 1) return false
  const listed = node.attribute.find((one) => one.name === 'axes')?.ints
  const [axis, ...others] = listed?.map(Number) ?? [stored(graph, node.input[1])]
  if (axis == null || others.length > 0) return false
  return axis === -1 || axis + 1 === valueRank(graph, node.input[0]!, producers)
}

/** The only number of a stored tensor; null where it is not stored or has several. */
function stored(graph: EditableGraph, name: string | undefined): number | null {
  const tensor = graph.weights.get(name ?? '')
  return tensor === undefined ? null : scalarOf(tensor)
}

/** The float32 weight of stored codes [K, N]; null where they are not stored, or in a form that is not known. */
function weightOf(graph: EditableGraph, node: NodeProto, factor: number): StoredTensor | null {
  const zeroName = node.input[5] ?? ''
  const [codes, scale, zero] = [node.input[1], node.input[3], zeroName].map((name) => graph.weights.get(name ?? ''))
  if (codes?.dims.length !== 2 || (zeroName !== '' && zero === undefined)) return null
  return dequantisedTensor({ codes, scale, zero, axis: 1 }, factor)
}
