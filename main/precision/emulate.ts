// Columns that are emulated: numbers are rounded to a format by a cast there and back, and computed with in float32.

import { roundFloats } from '../../contract/number-format-rounding'
import { floatFormat } from '../../contract/number-formats'
import { StudioError } from '../../contract/errors'
import { TensorProto_DataType as Type, type NodeProto } from '../runtime/onnx/onnx_pb'
import { changedNode, makeNode, type EditableGraph } from './editable-graph'
import { liftOpset } from './lift-opset'
import { keptNodes, movingOperators } from './kept-operations'
import type { EmulatedFormat } from './recipe-formats'
import { elementsIn, floatsOf, floatTensor, type StoredTensor } from './stored-tensor'
import { valueTypes } from './value-types'
import type { WeightLayer } from './weight-layers'

/** A weight with every number rounded to the format; what is beyond it saturates, as ONNX's casts to 8 bits do. */
export function roundedWeight(tensor: StoredTensor, { format, rounds }: EmulatedFormat): StoredTensor {
  const rule = rounds === 'operands' ? 'saturate' : 'infinity'
  return floatTensor(tensor.dims, () => roundFloats(floatFormat(format), floatsOf(tensor), undefined, rule))
}

/** The two casts that round a value. */
function roundingNodes(graph: EditableGraph, from: string, to: string, { type }: EmulatedFormat): NodeProto[] {
  const narrow = graph.fresh(`${to}.narrow`)
  return [
    makeNode('Cast', [from], [narrow], { attributes: { to: BigInt(type) } }),
    makeNode('Cast', [narrow], [to], { name: `${to}.rounded`, attributes: { to: BigInt(Type.FLOAT) } }),
  ]
}

/** Makes the graph's operators new enough for the casts. @throws StudioError MODEL_UNSUPPORTED where that would change what they mean */
export function allowCasts(graph: EditableGraph, { opset, format }: EmulatedFormat): void {
  if (liftOpset(graph, opset)) return
  throw new StudioError(
    'MODEL_UNSUPPORTED',
    `The graph is written in operators of version ${graph.opset}, which cannot cast to ${floatFormat(format).label}`,
    {
      remedy: `Export the model with operator set ${opset} or newer${opset > 13 ? ', or with 13 or newer and without branches' : ''}.`,
      detail: graph.path,
    },
  )
}

/** One layer with its operands and result rounded, writing to `output`. */
export function emulatedLayer(
  graph: EditableGraph,
  layer: WeightLayer,
  output: string,
  format: EmulatedFormat,
): NodeProto[] {
  const weight = graph.addWeight(`${layer.weight}.${format.format}`, roundedWeight(layer.tensor, format))
  const rest = layer.node.input.slice(2)
  if (format.rounds === 'results') {
    const exact = graph.fresh(`${output}.exact`)
    return [
      changedNode(layer.node, {
        name: `${output}.layer`,
        input: [layer.activation, weight, ...rest],
        output: [exact],
      }),
      ...roundingNodes(graph, exact, output, format),
    ]
  }
  const operand = graph.fresh(`${output}.operand`)
  return [
    ...roundingNodes(graph, layer.activation, operand, format),
    changedNode(layer.node, {
      name: `${output}.layer`,
      input: [operand, weight, ...rest],
      output: [output],
    }),
  ]
}

/** Rounds every weight and every result of a float32 graph in place, but for kept operations and layers. */
export function emulateResults(graph: EditableGraph, format: EmulatedFormat, keep: ReadonlySet<NodeProto>): void {
  const kept = new Set([...keptNodes(graph), ...keep])
  const types = valueTypes(graph)
  const consumers = graph.consumers()
  for (const [name, tensor] of [...graph.weights]) {
    // A single number (an epsilon, a factor) is part of an operation rather than a stored tensor.
    if (tensor.type !== Type.FLOAT || elementsIn(tensor.dims) <= 1) continue
    if ((consumers.get(name) ?? []).every((node) => kept.has(node))) continue
    graph.weights.set(name, roundedWeight(tensor, format))
  }
  graph.rewrite((node) => {
    if (kept.has(node) || movingOperators.has(node.opType)) return [node]
    const casts: NodeProto[] = []
    const output = node.output.map((name) => {
      if (name === '' || types.get(name) !== Type.FLOAT) return name
      const exact = graph.fresh(`${name}.exact`)
      casts.push(...roundingNodes(graph, exact, name, format))
      return exact
    })
    return [changedNode(node, { output }), ...casts]
  })
}
