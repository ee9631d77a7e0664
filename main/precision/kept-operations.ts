// Operations that stay in float32 whatever a column's format: their range or their order of numbers is what they are about.

import type { NodeProto } from '../runtime/onnx/onnx_pb'
import type { EditableGraph } from './editable-graph'

/** As the converters of onnxconverter-common and onnxruntime leave them (op_block_list), with what quantises by itself. */
const keptOperators: ReadonlySet<string> = new Set([
  'CumSum',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
  'DynamicQuantizeMatMul',
  'Max',
  'MatMulIntegerToFloat',
  'Min',
  'NonMaxSuppression',
  'QLinearConv',
  'QLinearMatMul',
  'QuantizeLinear',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Range',
  'ReduceLogSumExp',
  'Resize',
  'RoiAlign',
  'TopK',
  'Upsample',
])

const waves: ReadonlySet<string> = new Set(['Sin', 'Cos'])

/**
 * Nodes that stay in float32: by operator, sines and cosines with everything that only they read (phases run to thousands, where
 * half precision steps by whole numbers), and unknown operators.
 */
export function keptNodes(graph: EditableGraph): Set<NodeProto> {
  const consumers = graph.consumers()
  const outputs = new Set(graph.outputNames)
  const kept = new Set(graph.nodes.filter(isKept))
  const phases = new Set<NodeProto>()
  for (const node of [...graph.nodes].reverse()) {
    const readers = node.output.flatMap((name) => consumers.get(name) ?? [])
    const isPhase = readers.length > 0 && readers.every((reader) => waves.has(reader.opType) || phases.has(reader))
    if (isPhase && !node.output.some((name) => outputs.has(name))) {
      phases.add(node)
      kept.add(node)
    }
  }
  return kept
}

function isKept({ opType, domain }: NodeProto): boolean {
  const isKnown = domain === '' || domain === 'ai.onnx' || domain === 'com.microsoft'
  return !isKnown || waves.has(opType) || keptOperators.has(opType)
}

/** Operations that move numbers without changing them. */
export const movingOperators: ReadonlySet<string> = new Set([
  'Cast',
  'Concat',
  'DepthToSpace',
  'Dropout',
  'Expand',
  'Flatten',
  'Gather',
  'GatherElements',
  'GatherND',
  'Identity',
  'MaxPool',
  'Pad',
  'Relu',
  'Reshape',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
  'Where',
])
