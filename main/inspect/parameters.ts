import type { Graph, GraphNode, GraphWeight } from './graph'

const floats = /^(float|bfloat)/
const narrow = new Set(['uint8', 'int8', 'uint4', 'int4', 'uint2', 'int2', 'uint16', 'int16'])

/** Inputs that describe numbers instead of being parameters: scales, zero points, running statistics, fixed tables. */
const describing: Readonly<Record<string, readonly number[]>> = {
  BatchNormalization: [3, 4],
  QuantizeLinear: [1, 2],
  DequantizeLinear: [1, 2],
  MatMulNBits: [2, 3, 4],
  MatMulIntegerToFloat: [2, 3, 4, 5],
  MatMulInteger: [2, 3],
  ConvInteger: [2, 3],
  DynamicQuantizeMatMul: [2, 3],
  QLinearConv: [1, 2, 4, 5, 6, 7],
  QLinearMatMul: [1, 2, 4, 5, 6, 7],
  GatherBlockQuantized: [2, 3],
  // Tables of sines and cosines.
  RotaryEmbedding: [2, 3],
  QAttention: [3, 4, 6, 7],
}

/** Inputs of whole numbers that are biases. */
const wholeBiases: Readonly<Record<string, readonly number[]>> = {
  QLinearConv: [8],
  DequantizeLinear: [0],
  Add: [0, 1],
}

/** Operators that only rearrange: what a weight is shows in whoever reads what they give. */
const passing = new Set(['Cast', 'Identity', 'Reshape', 'Transpose', 'Unsqueeze', 'Squeeze'])

interface Use {
  readonly node: number
  readonly input: number
}

/** Where each weight is used first, and by whom. */
function usesOf(graph: Graph): ReadonlyMap<number, readonly Use[]> {
  const uses = new Map<number, Use[]>()
  graph.nodes.forEach(({ inputs }, node) =>
    inputs.forEach((tensor, input) => {
      const weight = tensor < 0 ? null : graph.tensors[tensor]!.weight
      if (weight === null) return
      const known = uses.get(weight)
      if (known === undefined) uses.set(weight, [{ node, input }])
      else known.push({ node, input })
    }),
  )
  return uses
}

export interface WeightShare {
  /** Node that its parameters are counted at; null where none uses it. */
  readonly node: number | null
  readonly parameters: number
}

/**
 * How many parameters each weight is, and at which node they count. Floats and narrow integers are parameters; shapes, axes,
 * scalars, scales and statistics are not. Packed matrices count as the matrix that they hold.
 */
export function weightShares(graph: Graph): WeightShare[] {
  const uses = usesOf(graph)
  const readers = new Map<number, Use[]>()
  graph.nodes.forEach(({ inputs }, node) => {
    inputs.forEach((tensor, input) => {
      if (tensor < 0) return
      const known = readers.get(tensor)
      if (known === undefined) readers.set(tensor, [{ node, input }])
      else known.push({ node, input })
    })
  })
  const home = homes(graph, readers)
  return graph.weights.map((weight, index) => {
    const own = uses.get(index) ?? []
    return { node: home(weight.tensor), parameters: parametersOf(weight, reached(graph, own, readers), graph.nodes) }
  })
}

/**
 * The node that a weight belongs to: the first that reads it in a run, past those that only prepare it when the model is
 * loaded (a cast to float32, the unpacking of codes); the last of those where nothing else reads it.
 */
function homes(graph: Graph, readers: ReadonlyMap<number, readonly Use[]>): (tensor: number) => number | null {
  const isConstant = graph.tensors.map(({ weight }) => weight !== null)
  const prepares = graph.nodes.map(({ inputs, outputs, bodies }) => {
    const prepared = bodies.length === 0 && inputs.every((tensor) => tensor < 0 || isConstant[tensor] === true)
    if (prepared) for (const tensor of outputs) if (tensor >= 0) isConstant[tensor] = true
    return prepared
  })
  const known = new Map<number, number | null>()
  // Readers come after what they read, so this ends; a circle is cut by the first answer.
  const home = (tensor: number): number | null => {
    if (known.has(tensor)) return known.get(tensor)!
    known.set(tensor, null)
    let found: number | null = null
    let last: number | null = null
    for (const { node } of readers.get(tensor) ?? []) {
      last ??= node
      const next =
        prepares[node] === true
          ? firstOf(graph.nodes[node]!.outputs.map((output) => (output < 0 ? null : home(output))))
          : node
      if (next !== null && (found === null || next < found)) found = next
    }
    known.set(tensor, found ?? last)
    return found ?? last
  }
  return home
}

function firstOf(nodes: readonly (number | null)[]): number | null {
  return nodes.reduce((first, node) => (node !== null && (first === null || node < first) ? node : first), null)
}

/** The uses of a weight, past nodes that only pass it on. */
function reached(graph: Graph, own: readonly Use[], readers: ReadonlyMap<number, readonly Use[]>): readonly Use[] {
  return own.flatMap((use) => {
    const { op, outputs } = graph.nodes[use.node]!
    if (!passing.has(op) || use.input !== 0) return [use]
    const next = readers.get(outputs[0] ?? -1) ?? []
    return next.length === 0 ? [use] : next
  })
}

function parametersOf(
  { dtype, elements, shape }: GraphWeight,
  uses: readonly Use[],
  nodes: readonly GraphNode[],
): number {
  if (elements <= 1 && shape.length <= 1) return 0
  const isDescribing = uses.some(({ node, input }) => describing[nodes[node]!.op]?.includes(input) === true)
  if (isDescribing) return 0
  const packed = uses.find(({ node, input }) => nodes[node]!.op === 'MatMulNBits' && input === 1)
  if (packed !== undefined) {
    const { attributes } = nodes[packed.node]!
    return Number(attributes.get('K')?.i ?? 0n) * Number(attributes.get('N')?.i ?? 0n)
  }
  // Bytes that are taken apart by shifting hold two numbers.
  const isHalved = dtype === 'uint8' && uses.some(({ node, input }) => nodes[node]!.op === 'BitShift' && input === 0)
  if (isHalved) return elements * 2
  if (floats.test(dtype) || narrow.has(dtype)) return elements
  const isBias =
    dtype === 'int32' && uses.some(({ node, input }) => wholeBiases[nodes[node]!.op]?.includes(input) === true)
  return isBias ? elements : 0
}
