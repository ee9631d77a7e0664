// Networks are the same few layers many times over, and most of what one size changes stays as it was for the others. So what a
// node costs is kept by what it is and by what goes in: nodes that are alike are counted once, for all layers and all later counts.
import { AttributeProto_AttributeType as Kind, type AttributeProto } from '../runtime/onnx/onnx_pb'
import { functionKey, type Graph, type GraphNode, type GraphTensor, type Shape } from './graph'
import type { Cost, Frame, Values } from './node-context'

/** A cost whose bytes are worked out. */
export type WholeCost = Cost & { readonly bytesMoved: number | null }

interface Fact {
  readonly dtype: string | null
  readonly shape: Shape
  readonly values: Values | null
  readonly constant: boolean
  readonly number: number
}

interface Outcome {
  readonly cost: WholeCost
  readonly outputs: readonly Fact[]
}

/** Facts with more values than that are not told from each other: comparing them costs more than counting. */
const mostCompared = 64
/** Beyond this everything is forgotten, and begins anew. */
const mostOutcomes = 100_000

/** What was counted of a graph's own nodes, those of bodies left out, at any sizes. */
export class CountMemory {
  readonly #graph: Graph
  /** Nodes that are alike but for their tensors have the same number. */
  readonly #kinds: Int32Array
  readonly #facts = new Map<string, Fact>()
  readonly #outcomes = new Map<string, Outcome>()
  /** Nodes of whose outputs the file says nothing, as most exporters leave it. */
  readonly #isUndeclared: readonly boolean[]
  /** Number of what is known of each tensor in the count at hand; 0 where it was not looked up yet. */
  readonly #numbers: Int32Array
  /** The same of weights, which no count changes. */
  readonly #weights: Int32Array

  constructor(graph: Graph) {
    this.#graph = graph
    this.#kinds = kindsOf(graph)
    this.#isUndeclared = graph.nodes.map(({ outputs }) =>
      outputs.every((tensor) => tensor < 0 || isUndeclared(graph.tensors[tensor]!)),
    )
    this.#numbers = new Int32Array(graph.tensors.length)
    this.#weights = new Int32Array(graph.tensors.length)
  }

  /** To be called before each count. */
  begin(): void {
    if (this.#outcomes.size > mostOutcomes) {
      this.#outcomes.clear()
      this.#facts.clear()
      this.#weights.fill(0)
    }
    this.#numbers.set(this.#weights)
  }

  /** What a node's cost and outputs depend on; null where that is too much to compare. To be called before the node is counted. */
  key(index: number, frame: Frame): string | null {
    const { inputs, outputs } = this.#graph.nodes[index]!
    let key = String(this.#kinds[index]!)
    for (const tensor of inputs) {
      const number = tensor < 0 ? 0 : this.#number(tensor, frame)
      if (number === null) return null
      key += ` ${number}`
    }
    if (this.#isUndeclared[index]!) return key
    for (const tensor of outputs) {
      // As the file declares it: what stays unknown is taken from there.
      const declared = tensor < 0 ? null : fact(tensor, frame, this.#facts)
      if (tensor >= 0 && declared === null) return null
      key += ` ${declared?.number ?? 0}`
    }
    return key
  }

  /** The cost of a node that is known, whose outputs are set as they were then; null where none is. */
  recall(key: string, { outputs }: GraphNode, frame: Frame): WholeCost | null {
    const outcome = this.#outcomes.get(key)
    if (outcome === undefined) return null
    outcome.outputs.forEach(({ dtype, shape, values, constant, number }, place) => {
      const tensor = outputs[place]!
      if (tensor < 0) return
      frame.dtypes[tensor] = dtype
      frame.shapes[tensor] = shape
      frame.values[tensor] = values
      frame.constant[tensor] = constant
      this.#numbers[tensor] = number
    })
    return outcome.cost
  }

  /** Keeps what a count has just found of a node. */
  keep(key: string, { outputs }: GraphNode, frame: Frame, cost: WholeCost): void {
    const found = outputs.map((tensor) => (tensor < 0 ? nothing : fact(tensor, frame, this.#facts)))
    if (!found.includes(null)) this.#outcomes.set(key, { cost, outputs: found as readonly Fact[] })
  }

  #number(tensor: number, frame: Frame): number | null {
    const known = this.#numbers[tensor]!
    if (known !== 0) return known
    const found = fact(tensor, frame, this.#facts)
    if (found === null) return null
    this.#numbers[tensor] = found.number
    if (this.#graph.tensors[tensor]!.weight !== null) this.#weights[tensor] = found.number
    return found.number
  }
}

function isUndeclared({ dtype, shape, weight }: GraphTensor): boolean {
  return dtype === null && shape === null && weight === null
}

const nothing: Fact = { dtype: null, shape: null, values: null, constant: false, number: 0 }

/** What a frame says of a tensor, the same object wherever it says the same; null where that is too much to compare. */
function fact(tensor: number, frame: Frame, facts: Map<string, Fact>): Fact | null {
  const [dtype, shape, values] = [frame.dtypes[tensor]!, frame.shapes[tensor]!, frame.values[tensor]!]
  if (values !== null && values.length > mostCompared) return null
  const constant = frame.constant[tensor]!
  // Without their size, no values and one that is unknown would read alike.
  const told = values === null ? '' : `${values.length}:${values.map((value) => value ?? '?').join()}`
  const key = `${dtype ?? ''};${shape === null ? 'none' : shape.map((size) => size ?? '?').join()};${told};${constant ? 1 : 0}`
  const known = facts.get(key)
  if (known !== undefined) return known
  const fresh: Fact = { dtype, shape, values, constant, number: facts.size + 1 }
  facts.set(key, fresh)
  return fresh
}

function kindsOf({ nodes }: Graph): Int32Array {
  const numbers = new Map<string, number>()
  return Int32Array.from(nodes, ({ op, domain, inputs, outputs, attributes }, index) => {
    const set = [...attributes.values()].map((attribute) => settingOf(attribute) ?? `only ${index}`)
    const key = [functionKey(domain, op), inputs.length, outputs.length, ...set].join('|')
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, numbers.size + 1)
    return numbers.size
  })
}

/** Null for what is not compared: tensors, graphs and types. */
function settingOf({ name, type, i, f, s, ints, floats, refAttrName }: AttributeProto): string | null {
  switch (refAttrName === '' ? type : null) {
    case Kind.INT:
      return `${name}=${i}`
    case Kind.FLOAT:
      return `${name}=${f}f`
    case Kind.STRING:
      return `${name}="${Buffer.from(s).toString('latin1')}"`
    case Kind.INTS:
      return `${name}=[${ints.join()}]`
    case Kind.FLOATS:
      return `${name}=[${floats.join()}]f`
    default:
      return null
  }
}
