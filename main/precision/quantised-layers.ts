// Layers on whole numbers, in the forms that onnxruntime fuses into its own kernels.

import type { Recipe } from '../../contract/precision'
import { TensorProto_DataType as Type, type NodeProto } from '../runtime/onnx/onnx_pb'
import { changedNode, makeNode, microsoft, type EditableGraph } from './editable-graph'
import { activationRange, quantiseBlocks, quantiseRows, type ActivationRange, type QuantisedRows } from './quantise'
import { floatsOf, floatTensor, typedTensor, type StoredTensor } from './stored-tensor'
import { channelRows, isProduct, productSizes, transposed, type WeightLayer } from './weight-layers'

/** A value that is made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => (made ??= { value: make() }).value
}

/** The bias that a Gemm adds; a MatMul has none. */
function withBias(
  graph: EditableGraph,
  layer: WeightLayer,
  output: string,
  product: (to: string) => NodeProto[],
): NodeProto[] {
  const bias = layer.node.input[2]
  if (bias === undefined || bias === '') return product(output)
  const sum = graph.fresh(`${output}.product`)
  return [...product(sum), makeNode('Add', [sum, bias], [output])]
}

/** Whether dynamic quantisation and blocks can take a layer: plain products. Convolutions stay as they are. */
export const takesProducts = isProduct

/**
 * DynamicQuantizeLinear and MatMulInteger with signed bytes by output channel, which onnxruntime fuses into DynamicQuantizeMatMul.
 * @param quantised the activation's codes, scale and zero point, where another layer has made them already
 */
export function dynamicLayer(
  graph: EditableGraph,
  layer: WeightLayer,
  output: string,
  recipe: Recipe,
  quantised = new Map<string, readonly [string, string, string]>(),
): NodeProto[] {
  const { K, N } = productSizes(layer)
  const rows = once(() => quantiseRows(channelRows(layer, floatsOf(layer.tensor)), N, recipe.perChannel))
  const codes = graph.addWeight(
    `${layer.weight}.int8`,
    typedTensor(Type.INT8, [K, N], () => transposed(rows().codes, N, K)),
  )
  const scale = graph.addWeight(
    `${layer.weight}.scale`,
    floatTensor(recipe.perChannel ? [N] : [1], () => rows().scales),
  )
  const zero = graph.addWeight(
    `${layer.weight}.zero`,
    typedTensor(Type.INT8, [recipe.perChannel ? N : 1], () => new Int8Array(recipe.perChannel ? N : 1)),
  )
  const before: NodeProto[] = []
  let names = quantised.get(layer.activation)
  if (names === undefined) {
    const fresh = (part: string): string => graph.fresh(`${layer.activation}.${part}`)
    names = [fresh('uint8'), fresh('scale'), fresh('zero')]
    quantised.set(layer.activation, names)
    before.push(makeNode('DynamicQuantizeLinear', [layer.activation], names))
  }
  const [bytes, activationScale, activationZero] = names
  return withBias(graph, layer, output, (to) => {
    const [whole, real, scales] = [
      graph.fresh(`${to}.int32`),
      graph.fresh(`${to}.float32`),
      graph.fresh(`${to}.scales`),
    ]
    return [
      ...before,
      makeNode('MatMulInteger', [bytes, codes, activationZero, zero], [whole]),
      makeNode('Mul', [activationScale, scale], [scales]),
      makeNode('Cast', [whole], [real], { attributes: { to: BigInt(Type.FLOAT) } }),
      makeNode('Mul', [real, scales], [to]),
    ]
  })
}

/** MatMulNBits: weights in blocks of 4 or 8 bits, computed in float32. */
export function blockLayer(graph: EditableGraph, layer: WeightLayer, output: string, recipe: Recipe): NodeProto[] {
  graph.importOpset(microsoft, 1)
  const bits = recipe.column === 'int4' ? 4 : 8
  const { blockSize, symmetric } = recipe
  const { K, N } = productSizes(layer)
  const blocks = Math.ceil(K / blockSize)
  const made = once(() => quantiseBlocks(channelRows(layer, floatsOf(layer.tensor)), N, { bits, blockSize, symmetric }))
  const weight = (part: string, tensor: StoredTensor): string => graph.addWeight(`${layer.weight}.${part}`, tensor)
  const inputs = [
    layer.activation,
    weight(
      `int${bits}`,
      typedTensor(Type.UINT8, [N, blocks, (blockSize * bits) / 8], () => made().codes),
    ),
    weight(
      'scales',
      floatTensor([N * blocks], () => made().scales),
    ),
  ]
  if (!symmetric) {
    const zeroBytes = N * Math.ceil((blocks * bits) / 8)
    inputs.push(
      weight(
        'zeros',
        typedTensor(Type.UINT8, [zeroBytes], () => made().zeroPoints!),
      ),
    )
  }
  const attributes = { K: BigInt(K), N: BigInt(N), bits: BigInt(bits), block_size: BigInt(blockSize) }
  return withBias(graph, layer, output, (to) => [
    makeNode('MatMulNBits', inputs, [to], { domain: microsoft, attributes }),
  ])
}

/** Ranges of activations by value, from calibration. */
export type Ranges = ReadonlyMap<string, { readonly low: number; readonly high: number }>

function rangeOf(ranges: Ranges, name: string): ActivationRange {
  const range = ranges.get(name)
  return range === undefined ? activationRange(0, 0) : activationRange(range.low, range.high)
}

/** QuantizeLinear and DequantizeLinear on an activation, in unsigned bytes. */
export function quantiseAndBack(
  graph: EditableGraph,
  from: string,
  to: string,
  { scale, zeroPoint }: ActivationRange,
): NodeProto[] {
  const scaleName = graph.addWeight(`${to}.scale`, floatTensor([], Float32Array.of(scale)))
  const zeroName = graph.addWeight(`${to}.zero`, typedTensor(Type.UINT8, [], Uint8Array.of(zeroPoint)))
  const codes = graph.fresh(`${to}.uint8`)
  return [
    makeNode('QuantizeLinear', [from, scaleName, zeroName], [codes]),
    makeNode('DequantizeLinear', [codes, scaleName, zeroName], [to]),
  ]
}

/** Axis of a layer's weight along which its output channels lie. */
function channelAxis(layer: WeightLayer): number {
  if (layer.operator === 'Conv') return 0
  if (layer.operator === 'ConvTranspose') return 1
  return productSizes(layer).isTurned ? 0 : 1
}

/** Layers that static quantisation takes: transposed convolutions have no kernel on bytes. */
export function takesStatic(layer: WeightLayer): boolean {
  return layer.operator !== 'ConvTranspose'
}

/** A layer's weight as signed bytes by output channel, in the weight's own layout. */
function weightCodes(layer: WeightLayer, perChannel: boolean): QuantisedRows {
  const values = floatsOf(layer.tensor)
  const channels = layer.tensor.dims[channelAxis(layer)]!
  if (channelAxis(layer) === 0) return quantiseRows(values, channels, perChannel)
  const { K, N } = productSizes(layer)
  const { codes, scales } = quantiseRows(transposed(values, K, N), N, perChannel)
  return { codes: transposed(codes, N, K), scales }
}

/** A layer with weights (and bias) on bytes behind DequantizeLinear; its activation must be behind one as well to be fused. */
export function staticLayer(
  graph: EditableGraph,
  layer: WeightLayer,
  activation: string,
  output: string,
  input: ActivationRange,
  recipe: Recipe,
): NodeProto[] {
  const { perChannel } = recipe
  const channels = layer.tensor.dims[channelAxis(layer)]!
  const made = once(() => weightCodes(layer, perChannel))
  const scaleDims = perChannel ? [channels] : []
  const codes = graph.addWeight(
    `${layer.weight}.int8`,
    typedTensor(Type.INT8, layer.tensor.dims, () => made().codes),
  )
  const scale = graph.addWeight(
    `${layer.weight}.scale`,
    floatTensor(scaleDims, () => made().scales),
  )
  const zero = graph.addWeight(
    `${layer.weight}.zero`,
    typedTensor(Type.INT8, scaleDims, () => new Int8Array(perChannel ? channels : 1)),
  )
  const weight = graph.fresh(`${layer.weight}.dequantised`)
  const axis = perChannel ? { attributes: { axis: BigInt(channelAxis(layer)) } } : {}
  const nodes = [makeNode('DequantizeLinear', [codes, scale, zero], [weight], axis)]
  const inputs = [activation, weight]
  const biasName = layer.node.input[2]
  const bias = graph.weights.get(biasName ?? '')
  if (biasName !== undefined && biasName !== '') {
    if (bias === undefined) inputs.push(biasName)
    else inputs.push(...biasNodes(graph, biasName, bias, { made, input, perChannel, channels }, nodes))
  }
  // Beside the layer itself a name of its own is needed; in its place, its name is how a profile is read.
  const name = output === layer.output ? layer.node.name : `${output}.layer`
  nodes.push(changedNode(layer.node, { name, input: inputs, output: [output] }))
  return nodes
}

/** A bias as int32 in units of activation scale times weight scale: what the integer kernels add. */
function biasNodes(
  graph: EditableGraph,
  name: string,
  bias: StoredTensor,
  from: { made: () => QuantisedRows; input: ActivationRange; perChannel: boolean; channels: number },
  nodes: NodeProto[],
): string[] {
  const scales = once(() => from.made().scales.map((scale) => scale * from.input.scale))
  const codes = (): Int32Array =>
    Int32Array.from(floatsOf(bias), (value, index) =>
      Math.round(value / scales()[from.perChannel ? index % from.channels : 0]!),
    )
  const codesName = graph.addWeight(`${name}.int32`, typedTensor(Type.INT32, bias.dims, codes))
  const scaleName = graph.addWeight(`${name}.scale`, floatTensor(from.perChannel ? [from.channels] : [], scales))
  const back = graph.fresh(`${name}.dequantised`)
  const axis = from.perChannel ? { attributes: { axis: 0n } } : {}
  nodes.push(makeNode('DequantizeLinear', [codesName, scaleName], [back], axis))
  return [back]
}

/**
 * One statically quantised layer by itself: activation, weight and result on bytes. A result without a range is left as it is: in the
 * whole graph it gets no codes (it is an output), or gets them only behind its Relu, where there is nothing below zero to keep.
 */
export function staticLayerAlone(
  graph: EditableGraph,
  layer: WeightLayer,
  output: string,
  ranges: Ranges,
  recipe: Recipe,
): NodeProto[] {
  const input = rangeOf(ranges, layer.activation)
  const operand = graph.fresh(`${output}.operand`)
  const before = quantiseAndBack(graph, layer.activation, operand, input)
  const range = ranges.get(layer.output)
  if (range === undefined) return [...before, ...staticLayer(graph, layer, operand, output, input, recipe)]
  const exact = graph.fresh(`${output}.exact`)
  return [
    ...before,
    ...staticLayer(graph, layer, operand, exact, input, recipe),
    ...quantiseAndBack(graph, exact, output, activationRange(range.low, range.high)),
  ]
}
