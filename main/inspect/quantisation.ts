import type { Quantisation } from '../../contract/inspection'
import { floatText } from './attribute-text'
import type { Graph, GraphNode } from './graph'
import type { Frame } from './node-context'

/** A quantised tensor of an operator: where it, its scale and its zero point are among the inputs, or among the outputs. */
interface Place {
  readonly role: string
  readonly tensor: number
  readonly scale: number | null
  readonly zeroPoint: number | null
  readonly isOutput?: boolean
}

const inAndOut = (left: string, right: string, output: string): readonly Place[] => [
  { role: left, tensor: 0, scale: 1, zeroPoint: 2 },
  { role: right, tensor: 3, scale: 4, zeroPoint: 5 },
  { role: output, tensor: 0, scale: 6, zeroPoint: 7, isOutput: true },
]

/** By operator, as onnx's Operators.md and onnxruntime's ContribOperators.md number them. */
const places: Readonly<Record<string, readonly Place[]>> = {
  QuantizeLinear: [{ role: 'output', tensor: 0, scale: 1, zeroPoint: 2, isOutput: true }],
  DequantizeLinear: [{ role: 'input', tensor: 0, scale: 1, zeroPoint: 2 }],
  MatMulInteger: [
    { role: 'A', tensor: 0, scale: null, zeroPoint: 2 },
    { role: 'B', tensor: 1, scale: null, zeroPoint: 3 },
  ],
  ConvInteger: [
    { role: 'input', tensor: 0, scale: null, zeroPoint: 2 },
    { role: 'weight', tensor: 1, scale: null, zeroPoint: 3 },
  ],
  QLinearConv: inAndOut('input', 'weight', 'output'),
  QLinearMatMul: inAndOut('A', 'B', 'output'),
  QLinearAdd: inAndOut('A', 'B', 'output'),
  QLinearMul: inAndOut('A', 'B', 'output'),
  MatMulIntegerToFloat: [
    { role: 'A', tensor: 0, scale: 2, zeroPoint: 4 },
    { role: 'B', tensor: 1, scale: 3, zeroPoint: 5 },
  ],
  DynamicQuantizeMatMul: [{ role: 'B', tensor: 1, scale: 2, zeroPoint: 3 }],
  MatMulNBits: [{ role: 'B', tensor: 1, scale: 2, zeroPoint: 3 }],
  GatherBlockQuantized: [{ role: 'table', tensor: 0, scale: 2, zeroPoint: 3 }],
}

const inEachRun = 'found in each run'

/** A tensor's numbers in words. */
function words(tensor: number, graph: Graph, frame: Frame): string {
  const values = frame.values[tensor] ?? null
  const shape = frame.shapes[tensor] ?? null
  if (values === null || values.length === 0 || values.includes(null)) {
    const count = shape === null || shape.includes(null) ? null : shape.reduce<number>((all, size) => all * size!, 1)
    if (graph.tensors[tensor]?.weight === null && !frame.constant[tensor]!) return inEachRun
    return count === null ? 'in the file' : `${count} in the file`
  }
  const numbers = values as readonly number[]
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  if (least === most) return numbers.length === 1 ? floatText(least) : `${floatText(least)}, ${numbers.length} times`
  return `${numbers.length}, ${floatText(least)} to ${floatText(most)}`
}

/** What codes of this operator mean where no zero point is given. */
function absentZeroPoint(op: string, bits: number | null): string {
  return (op === 'MatMulNBits' || op === 'GatherBlockQuantized') && bits !== null
    ? `${2 ** (bits - 1)}, as none is given`
    : '0'
}

function attribute(node: GraphNode, name: string): number | null {
  const found = node.attributes.get(name)
  return found === undefined ? null : Number(found.i)
}

/** The quantised tensors of a node by its own operator. */
function ofOperator(graph: Graph, frame: Frame, node: GraphNode): Quantisation[] {
  if (node.op === 'DynamicQuantizeLinear') {
    const tensor = node.outputs[0] ?? -1
    return tensor < 0
      ? []
      : [
          {
            role: 'output',
            tensor,
            dtype: 'uint8',
            bits: null,
            scale: inEachRun,
            zeroPoint: inEachRun,
            axis: null,
            blockSize: null,
          },
        ]
  }
  return (places[node.op] ?? []).flatMap(({ role, tensor: place, scale, zeroPoint, isOutput = false }) => {
    const tensor = (isOutput ? node.outputs : node.inputs)[place] ?? -1
    if (tensor < 0) return []
    const at = (input: number | null): number => (input === null ? -1 : (node.inputs[input] ?? -1))
    const bits = attribute(node, 'bits')
    const blockSize = attribute(node, 'block_size')
    const rank = frame.shapes[at(scale)]?.length ?? 0
    return [
      {
        role,
        tensor,
        dtype: frame.dtypes[tensor] ?? null,
        bits,
        scale: at(scale) < 0 ? null : words(at(scale), graph, frame),
        zeroPoint: at(zeroPoint) < 0 ? absentZeroPoint(node.op, bits) : words(at(zeroPoint), graph, frame),
        axis: axisOf(node, rank),
        blockSize: blockSize === 0 ? null : blockSize,
      },
    ]
  })
}

/** Along which axis there is a scale for each slice; null where there is one for all. @param rank of the scales */
function axisOf(node: GraphNode, rank: number): number | null {
  if (node.op === 'GatherBlockQuantized') return attribute(node, 'quantize_axis') ?? 1
  if (node.op === 'QuantizeLinear' || node.op === 'DequantizeLinear') {
    return rank === 0 ? null : (attribute(node, 'axis') ?? 1)
  }
  return null
}

/** A node's quantised tensors: its own, those that come out of a DequantizeLinear, and those that go into a QuantizeLinear. */
export function quantisationOf(graph: Graph, frame: Frame, index: number): Quantisation[] {
  const node = graph.nodes[index]!
  const own = ofOperator(graph, frame, node)
  if (own.length > 0 || node.inputs.length === 0) return own
  const before = node.inputs.flatMap((tensor, input) => {
    const producer = tensor < 0 ? undefined : graph.nodes.find(({ outputs }) => outputs.includes(tensor))
    if (producer?.op !== 'DequantizeLinear') return []
    return ofOperator(graph, frame, producer).map((entry) => ({ ...entry, role: `input ${input}` }))
  })
  const output = node.outputs[0] ?? -1
  const reader = graph.nodes.find(({ op, inputs }) => op === 'QuantizeLinear' && output >= 0 && inputs[0] === output)
  return [...before, ...(reader === undefined ? [] : ofOperator(graph, frame, reader))]
}
