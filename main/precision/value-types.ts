// Element types of a graph's values, from its inputs and weights onward. Shapes are not needed to rewrite precision.

import { TensorProto_DataType as Type, type NodeProto } from '../runtime/onnx/onnx_pb'
import { intAttribute, microsoft, type EditableGraph } from './editable-graph'

/** Operators whose (first) result has a type of its own. */
const fixed: Readonly<Record<string, Type>> = {
  Shape: Type.INT64,
  Size: Type.INT64,
  ArgMax: Type.INT64,
  ArgMin: Type.INT64,
  NonZero: Type.INT64,
  NonMaxSuppression: Type.INT64,
  Equal: Type.BOOL,
  Greater: Type.BOOL,
  GreaterOrEqual: Type.BOOL,
  Less: Type.BOOL,
  LessOrEqual: Type.BOOL,
  And: Type.BOOL,
  Or: Type.BOOL,
  Xor: Type.BOOL,
  Not: Type.BOOL,
  IsNaN: Type.BOOL,
  IsInf: Type.BOOL,
  MatMulInteger: Type.INT32,
  ConvInteger: Type.INT32,
  MatMulIntegerToFloat: Type.FLOAT,
  DynamicQuantizeMatMul: Type.FLOAT,
  QLinearConv: Type.UINT8,
  QLinearMatMul: Type.UINT8,
}

/** Which input a result's type is that of, where it is not the first. */
const typeFrom: Readonly<Record<string, number>> = { Where: 1, OneHot: 2, DequantizeLinear: 1, GatherBlockQuantized: 2 }

/** Operators of which every result after the first holds whole numbers. */
const indexedResults = new Set(['TopK', 'MaxPool', 'Unique'])

const ownDomains = new Set(['', 'ai.onnx', microsoft])

/** The type of each value by name; values of operators that are not known here, and what follows from them, are absent. */
export function valueTypes(graph: EditableGraph): Map<string, Type> {
  const types = new Map<string, Type>()
  for (const { name, type } of graph.graph.input) {
    if (type?.value.case === 'tensorType') types.set(name, type.value.value.elemType)
  }
  for (const [name, { type }] of graph.weights) types.set(name, type)
  for (const node of graph.nodes) {
    const type = ownDomains.has(node.domain) ? resultType(node, types) : undefined
    if (type === undefined) continue
    node.output.forEach((name, index) => {
      const own = index > 0 && indexedResults.has(node.opType) ? Type.INT64 : type
      if (name !== '') types.set(name, own)
    })
  }
  return types
}

function resultType(node: NodeProto, types: ReadonlyMap<string, Type>): Type | undefined {
  const known = fixed[node.opType]
  if (known !== undefined) return known
  if (node.opType === 'Cast') return intAttribute(node, 'to', Type.FLOAT)
  if (node.opType === 'QuantizeLinear') return types.get(node.input[2] ?? '') ?? Type.UINT8
  if (node.opType === 'DynamicQuantizeLinear') return Type.UINT8
  if (node.opType === 'ConstantOfShape') {
    return node.attribute.find(({ name }) => name === 'value')?.t?.dataType ?? Type.FLOAT
  }
  if (node.opType === 'If') return undefined
  return types.get(node.input[typeFrom[node.opType] ?? 0] ?? '')
}
