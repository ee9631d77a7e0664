// The reference of every comparison: the model's own graph with every weight widened to float32 and every operation in float32.

import { create } from '@bufbuild/protobuf'
import { StudioError } from '../../contract/errors'
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  TensorProtoSchema,
  TensorProto_DataType as Type,
  type NodeProto,
} from '../runtime/onnx/onnx_pb'
import { castType, changedNode, hasSubgraph, intAttribute, makeNode, type EditableGraph } from './editable-graph'
import { elementType } from '../runtime/onnx/element-types'
import { dequantiseBlocks } from './quantise'
import { dequantisedTensor } from './stored-codes'
import {
  floatsOf,
  floatTensor,
  isFloat,
  scalarOf,
  tensorOfModel,
  typedTensor,
  type StoredTensor,
} from './stored-tensor'
import { unfoldProducts } from './unfold-products'
import { transposed } from './weight-layers'

const halfTypes: ReadonlySet<Type> = new Set([Type.FLOAT16, Type.BFLOAT16])

/**
 * Turns a graph into float32 in place: constants become weights, casts of weights and stored codes are unfolded, half-precision
 * operations are widened, and products that round their activations to bytes (MatMulIntegerToFloat) become products of float32. Other
 * operations on bytes (QLinearConv, MatMulInteger) stay as they are.
 * @throws StudioError MODEL_UNSUPPORTED where half precision is inside branches or loops
 */
export function makeFloatGraph(graph: EditableGraph): void {
  constantsToWeights(graph)
  // Scales may be stored as half precision behind a cast, so casts come first.
  unfoldCasts(graph)
  unfoldCodes(graph)
  unfoldProducts(graph)
  unfoldCasts(graph)
  widenHalf(graph)
  graph.prune()
}

/** Constant nodes become weights, so that there is one kind of constant. */
function constantsToWeights(graph: EditableGraph): void {
  graph.rewrite((node) => {
    const tensor = node.opType === 'Constant' ? constantOf(graph, node) : null
    if (tensor === null) return [node]
    graph.weights.set(node.output[0]!, tensor)
    return []
  })
}

function constantOf(graph: EditableGraph, node: NodeProto): StoredTensor | null {
  const [only] = node.attribute
  switch (only?.name) {
    case 'value':
      return only.t === undefined || elementType(only.t.dataType)?.name === 'string'
        ? null
        : tensorOfModel(graph, only.t)
    case 'value_float':
      return floatTensor([], Float32Array.of(only.f))
    case 'value_floats':
      return floatTensor([only.floats.length], Float32Array.from(only.floats))
    case 'value_int':
      return typedTensor(Type.INT64, [], BigInt64Array.of(only.i))
    case 'value_ints':
      return typedTensor(Type.INT64, [only.ints.length], BigInt64Array.from(only.ints))
    default:
      return null
  }
}

function widened(tensor: StoredTensor): StoredTensor {
  return tensor.type === Type.FLOAT ? tensor : floatTensor(tensor.dims, () => floatsOf(tensor))
}

/** Cast(weight) between float types becomes the float32 weight itself. */
function unfoldCasts(graph: EditableGraph): void {
  graph.rewrite((node) => {
    const tensor = graph.weights.get(node.input[0] ?? '')
    const to = castType(node)
    if (to === null || tensor === undefined || !isFloat(tensor)) return [node]
    if (to !== Type.FLOAT && !halfTypes.has(to)) return [node]
    graph.weights.set(node.output[0]!, widened(tensor))
    return []
  })
}

/** DequantizeLinear of stored codes and MatMulNBits become float32 weights and products. */
function unfoldCodes(graph: EditableGraph): void {
  graph.rewrite((node) => {
    if (node.opType === 'DequantizeLinear') {
      const tensor = dequantised(graph, node)
      if (tensor === null) return [node]
      graph.weights.set(node.output[0]!, tensor)
      return []
    }
    return node.opType === 'MatMulNBits' ? unfoldBlocks(graph, node) : [node]
  })
}

function dequantised(graph: EditableGraph, node: NodeProto): StoredTensor | null {
  const [codes, scale, zero] = node.input.map((name) => graph.weights.get(name))
  if (codes === undefined || intAttribute(node, 'block_size', 0) !== 0) return null
  if (node.input.length > 2 && node.input[2] !== '' && zero === undefined) return null
  const axes = Math.max(1, codes.dims.length)
  return dequantisedTensor({ codes, scale, zero, axis: (intAttribute(node, 'axis', 1) + axes) % axes })
}

/** MatMulNBits with stored blocks: the weight they stand for, in a product. Other inputs (an order of columns) stay as they are. */
function unfoldBlocks(graph: EditableGraph, node: NodeProto): NodeProto[] {
  const [activation, codesName, scalesName, zerosName, order, bias] = node.input
  const codes = graph.weights.get(codesName ?? '')
  const scales = graph.weights.get(scalesName ?? '')
  const zeros = graph.weights.get(zerosName ?? '')
  const hasZeros = zerosName !== undefined && zerosName !== ''
  const bits = intAttribute(node, 'bits', 4)
  if (codes === undefined || scales === undefined || (order ?? '') !== '' || (bits !== 4 && bits !== 8)) return [node]
  if (hasZeros && zeros?.type !== Type.UINT8) return [node]
  const [K, N, blockSize] = [
    intAttribute(node, 'K', 0),
    intAttribute(node, 'N', 0),
    intAttribute(node, 'block_size', 32),
  ]
  const blocks = Math.ceil(K / blockSize)
  const weight = graph.addWeight(
    `${node.output[0]}.weight`,
    floatTensor([K, N], () => {
      const parts = { codes: codes.bytes(), scales: floatsOf(scales), zeroPoints: zeros?.bytes() ?? null, blocks }
      return transposed(dequantiseBlocks(parts, N, K, { bits, blockSize }), N, K)
    }),
  )
  if (bias === undefined || bias === '')
    return [makeNode('MatMul', [activation!, weight], node.output, { name: node.name })]
  const product = graph.fresh(`${node.output[0]}.product`)
  return [
    makeNode('MatMul', [activation!, weight], [product], { name: node.name }),
    makeNode('Add', [product, bias], node.output, { name: `${node.name}.bias` }),
  ]
}

/** Half-precision weights and casts to half precision become float32; inputs and outputs keep their types behind casts. */
function widenHalf(graph: EditableGraph): void {
  const half = [...graph.weights].filter(([, tensor]) => halfTypes.has(tensor.type))
  const isHalfCast = (node: NodeProto): boolean =>
    node.opType === 'Cast' && halfTypes.has(intAttribute(node, 'to', Type.FLOAT))
  const inputs = graph.graph.input.filter(
    ({ type }) => type?.value.case === 'tensorType' && halfTypes.has(type.value.value.elemType),
  )
  const outputs = graph.graph.output.filter(
    ({ type }) => type?.value.case === 'tensorType' && halfTypes.has(type.value.value.elemType),
  )
  if (half.length + inputs.length + outputs.length === 0 && !graph.nodes.some(isHalfCast)) return
  if (graph.nodes.some(hasSubgraph)) {
    throw new StudioError('MODEL_UNSUPPORTED', 'A half-precision graph with branches or loops cannot be widened', {
      remedy: 'Compare "own" precision, or use a float32 export of the model.',
      detail: graph.path,
    })
  }
  for (const [name, tensor] of half) graph.weights.set(name, widened(tensor))
  const renamed = new Map<string, string>()
  const before = inputs.map(({ name }) => {
    renamed.set(name, graph.fresh(`${name}.float32`))
    return makeNode('Cast', [name], [renamed.get(name)!], { attributes: { to: BigInt(Type.FLOAT) } })
  })
  const after = outputs.map(({ name, type }) => {
    renamed.set(name, graph.fresh(`${name}.float32`))
    const to = type?.value.case === 'tensorType' ? type.value.value.elemType : Type.FLOAT16
    return makeNode('Cast', [renamed.get(name)!], [name], { attributes: { to: BigInt(to) } })
  })
  const widen = (name: string): string => renamed.get(name) ?? name
  graph.rewrite((node) => {
    const input = node.input.map(widen)
    const output = node.output.map(widen)
    if (isHalfCast(node)) {
      return [makeNode('Cast', input, output, { name: node.name, attributes: { to: BigInt(Type.FLOAT) } })]
    }
    return [
      changedNode(node, {
        input,
        output,
        attribute: node.attribute.map((one) => widenAttribute(graph, one)),
      }),
    ]
  })
  graph.nodes = [...before, ...graph.nodes, ...after]
}

/** A half-precision tensor in an attribute (ConstantOfShape) becomes float32. */
function widenAttribute(graph: EditableGraph, one: NodeProto['attribute'][number]): NodeProto['attribute'][number] {
  if (one.t === undefined || !halfTypes.has(one.t.dataType)) return one
  const value = scalarOf(tensorOfModel(graph, one.t)) ?? 0
  const t = create(TensorProtoSchema, { dims: one.t.dims, dataType: Type.FLOAT, floatData: [value] })
  return create(AttributeProtoSchema, { name: one.name, type: AttributeType.TENSOR, t })
}
