import type { AttributeProto } from '../runtime/onnx/onnx_pb'
import type { GraphNode, GraphTable, Shape } from './graph'
import { tensorBytes } from './sizes'

/** The elements of a small tensor, row by row, as far as they are known before a run: shapes are computed with them. */
export type Values = readonly (number | null)[]

/** The most elements whose values are followed. */
export const mostValues = 1024

/** What is known of a table's tensors at chosen sizes, by their index. */
export interface Frame {
  readonly shapes: Shape[]
  readonly dtypes: (string | null)[]
  readonly values: (Values | null)[]
  /** Whether it is the same in every run: made of weights alone. */
  readonly constant: boolean[]
}

/** What one node costs; a quantity is null where it is unknown. */
export interface Cost {
  readonly macs: number | null
  readonly elementOps: number | null
  /** Bytes read and written; where absent, all inputs and outputs once. */
  readonly bytesMoved?: number | null
  /** What a count rests on where it is not certain. */
  readonly assumption?: string
}

/** No arithmetic: elements are moved. */
export const moves: Cost = { macs: 0, elementOps: 0 }

/** No arithmetic, and nothing moves: the output is another view of the input's memory, or a few numbers. */
export const views: Cost = { macs: 0, elementOps: 0, bytesMoved: 0 }

/** A size that only a run can tell, such as how many boxes are kept. */
export interface RunSize {
  readonly name: string
  /** To begin with: the most that there can be where that is known. */
  readonly suggested: number
  /** In words, for whoever is to give it. */
  readonly use: string
}

/** What a node's surroundings tell its rule. */
export interface Surroundings {
  /** Of the call, where the node lies in a function. */
  readonly attributes: AttributeLookup | null
  /** The number given for a size that only a run can tell; null where none was. */
  readonly askSize: (size: RunSize) => number | null
}

/** Where nothing limits what is found. */
const usualRunSize = 16
/** The most that a size may be. */
const mostSize = 2 ** 31 - 1

export type AttributeLookup = ReadonlyMap<string, AttributeProto>

/** One node with what is known of its inputs, for the rule of its operator. */
export class NodeContext {
  readonly node: GraphNode
  readonly opset: number
  readonly #frame: Frame
  readonly #table: GraphTable
  readonly #around: Surroundings

  constructor(node: GraphNode, table: GraphTable, frame: Frame, around: Surroundings) {
    this.node = node
    this.opset = table.opset
    this.#table = table
    this.#frame = frame
    this.#around = around
  }

  get inputs(): number {
    return this.node.inputs.length
  }

  get outputs(): number {
    return this.node.outputs.length
  }

  has(input: number): boolean {
    return (this.node.inputs[input] ?? -1) >= 0
  }

  shape(input: number): Shape {
    const tensor = this.node.inputs[input] ?? -1
    return tensor < 0 ? null : (this.#frame.shapes[tensor] ?? null)
  }

  dtype(input: number): string | null {
    const tensor = this.node.inputs[input] ?? -1
    return tensor < 0 ? null : (this.#frame.dtypes[tensor] ?? null)
  }

  values(input: number): Values | null {
    const tensor = this.node.inputs[input] ?? -1
    return tensor < 0 ? null : (this.#frame.values[tensor] ?? null)
  }

  /** An input's values where all of them are known; null otherwise. */
  known(input: number): readonly number[] | null {
    const values = this.values(input)
    return values === null || values.includes(null) ? null : (values as readonly number[])
  }

  bytes(input: number): number | null {
    return tensorBytes(this.dtype(input), this.shape(input))
  }

  outputShape(output = 0): Shape {
    const tensor = this.node.outputs[output] ?? -1
    return tensor < 0 ? null : (this.#frame.shapes[tensor] ?? null)
  }

  outputBytes(output = 0): number | null {
    const tensor = this.node.outputs[output] ?? -1
    return tensor < 0 ? 0 : tensorBytes(this.#frame.dtypes[tensor] ?? null, this.#frame.shapes[tensor] ?? null)
  }

  attribute(name: string): AttributeProto | undefined {
    const attribute = this.node.attributes.get(name)
    if (attribute === undefined || attribute.refAttrName === '') return attribute
    return this.#around.attributes?.get(attribute.refAttrName)
  }

  int(name: string, absent: number): number {
    const attribute = this.attribute(name)
    return attribute === undefined ? absent : Number(attribute.i)
  }

  float(name: string, absent: number): number {
    return this.attribute(name)?.f ?? absent
  }

  ints(name: string): readonly number[] | null {
    return this.attribute(name)?.ints.map(Number) ?? null
  }

  text(name: string, absent: string): string {
    const attribute = this.attribute(name)
    return attribute === undefined ? absent : new TextDecoder().decode(attribute.s)
  }

  /**
   * A size that only a run can tell, as it was given; null where it was not.
   * @param what after the node's name: `passes`, `found`
   */
  runSize(what: string, use: string, suggested: number | null): number | null {
    const { name, op, outputs } = this.node
    const own = name || (this.#table.tensors[outputs[0] ?? -1]?.name ?? op)
    return this.#around.askSize({
      name: `${own}.${what}`,
      suggested: Math.min(mostSize, Math.max(0, Math.round(suggested ?? usualRunSize))),
      use: `${op}: ${use}`,
    })
  }

  /** Says what an output is. What stays unknown is taken from the file's own declaration. */
  give(output: number, dtype: string | null, shape: Shape, values: Values | null = null): void {
    const tensor = this.node.outputs[output] ?? -1
    if (tensor < 0) return
    const { shapes, dtypes } = this.#frame
    dtypes[tensor] = dtype ?? dtypes[tensor] ?? this.#table.tensors[tensor]!.dtype
    const declared = shapes[tensor] ?? null
    shapes[tensor] =
      shape === null || declared?.length !== shape.length
        ? (shape ?? declared)
        : shape.map((size, axis) => size ?? declared[axis]!)
    this.#frame.values[tensor] = values !== null && values.length <= mostValues ? values : null
  }
}

/** What an operator does to shapes, and what it costs: sets every output, then gives the cost. */
export type Rule = (at: NodeContext) => Cost
