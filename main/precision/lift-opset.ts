// Graphs of older operator sets, rewritten so that they mean the same in a newer one.

import { AttributeProto_AttributeType as AttributeType, TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'
import type { NodeProto } from '../runtime/onnx/onnx_pb'
import { attributeOf, changedNode, hasSubgraph, type EditableGraph } from './editable-graph'
import { typedTensor } from './stored-tensor'

/** From here on what changes until version 19 is what is rewritten below; before lie Squeeze, Softmax and others. */
const oldest = 13
const newest = 19

/** Reductions that took their axes as an attribute before version 18; ReduceSum took an input from 13 on. */
const reductions: ReadonlySet<string> = new Set([
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceMax',
  'ReduceMean',
  'ReduceMin',
  'ReduceProd',
  'ReduceSumSquare',
])

/**
 * Raises a graph's operators to a version, in place. What changed on the way, as https://github.com/onnx/onnx/blob/main/docs/Changelog.md
 * has it: RoiAlign's default coordinates (16), axes of reductions and equal splits (18).
 * @returns whether it could: not from before version 13, nor past 19, nor where graphs lie inside nodes
 */
export function liftOpset(graph: EditableGraph, version: number): boolean {
  const from = graph.opset
  if (from >= version) return true
  if (from < oldest || version > newest || graph.nodes.some(hasSubgraph)) return false
  graph.rewrite((node) => [node.domain === '' || node.domain === 'ai.onnx' ? lifted(graph, node, from, version) : node])
  for (const one of graph.model.opsetImport) {
    if (one.domain === '' || one.domain === 'ai.onnx') one.version = BigInt(version)
  }
  return true
}

function lifted(graph: EditableGraph, node: NodeProto, from: number, to: number): NodeProto {
  if (node.opType === 'RoiAlign' && from < 16 && to >= 16) {
    return withAttribute(node, 'coordinate_transformation_mode', 'output_half_pixel')
  }
  if (from >= 18 || to < 18) return node
  if (node.opType === 'Split' && (node.input[1] ?? '') === '') {
    return withAttribute(node, 'num_outputs', BigInt(node.output.length))
  }
  const axes = reductions.has(node.opType) ? node.attribute.find(({ name }) => name === 'axes') : undefined
  if (axes === undefined || axes.type !== AttributeType.INTS) return node
  const input = graph.addWeight(
    `${node.output[0]}.axes`,
    typedTensor(Type.INT64, [axes.ints.length], BigInt64Array.from(axes.ints)),
  )
  return changedNode(node, {
    input: [node.input[0]!, input],
    attribute: node.attribute.filter((one) => one !== axes),
  })
}

/** A node with an attribute that it says nothing of so far. */
function withAttribute(node: NodeProto, name: string, value: string | bigint): NodeProto {
  if (node.attribute.some((one) => one.name === name)) return node
  return changedNode(node, { attribute: [...node.attribute, attributeOf(name, value)] })
}
