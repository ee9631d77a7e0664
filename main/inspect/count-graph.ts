import type { Dimension } from '../../contract/inspection'
import { functionKey, type Graph, type GraphBody, type GraphNode, type GraphTable, type Shape } from './graph'
import { moves, NodeContext, type AttributeLookup, type Cost, type Frame, type Values } from './node-context'
import { ruleOf } from './operators/rules'
import { product, sum } from './sizes'

export interface NodeCost {
  readonly macs: number | null
  readonly elementOps: number | null
  readonly bytesMoved: number | null
}

export interface GraphCounts {
  readonly frame: Frame
  /** By index of the node, those of bodies included. */
  readonly costs: readonly NodeCost[]
  /** Nodes without a full count, by index, with the reason in words. */
  readonly unknown: ReadonlyMap<number, string>
  readonly assumed: ReadonlyMap<number, string>
}

/** Functions within functions, and how many of their nodes are counted, before it is left at that. */
const deepestCall = 16
const mostCalledNodes = 500_000

/** A cost whose bytes are worked out. */
type WholeCost = Cost & NodeCost

const unknownCost: WholeCost = { macs: null, elementOps: null, bytesMoved: null }

/** A declared dimension at chosen sizes. */
function sized(dimension: Dimension, sizes: Readonly<Record<string, number>>): number | null {
  return typeof dimension === 'string' ? (Object.hasOwn(sizes, dimension) ? sizes[dimension]! : null) : dimension
}

/** Counts one graph at chosen sizes. Pure; some ten thousand nodes take as many microseconds. */
class Counter {
  readonly #graph: Graph
  readonly #constants: ReadonlyMap<number, Values>
  readonly unknown = new Map<number, string>()
  readonly assumed = new Map<number, string>()
  readonly costs: NodeCost[]
  #calledNodes = 0

  constructor(graph: Graph, constants: ReadonlyMap<number, Values>) {
    this.#graph = graph
    this.#constants = constants
    this.costs = graph.nodes.map(() => ({ macs: null, elementOps: null, bytesMoved: null }))
  }

  /** What a table's tensors are before anything runs. */
  frame(table: GraphTable, sizes: Readonly<Record<string, number>>): Frame {
    const isWhole = table === this.#graph
    return {
      shapes: table.tensors.map(({ shape }) => shape?.map((dimension) => sized(dimension, sizes)) ?? null),
      dtypes: table.tensors.map(({ dtype }) => dtype),
      values: table.tensors.map(({ weight }) =>
        weight === null || !isWhole ? null : (this.#constants.get(weight) ?? null),
      ),
      constant: table.tensors.map(({ weight }) => weight !== null),
    }
  }

  /** Runs nodes in order and adds up what they cost. */
  run(
    nodes: readonly number[],
    table: GraphTable,
    frame: Frame,
    caller: AttributeLookup | null,
    depth: number,
  ): WholeCost {
    const isWhole = table === this.#graph
    let macs: number | null = 0
    let elementOps: number | null = 0
    let bytesMoved: number | null = 0
    for (const index of nodes) {
      const node = table.nodes[index]!
      const cost = table.cyclic.has(index) ? unknownCost : this.#node(node, table, frame, caller, depth)
      if (isWhole) this.#record(index, node, cost, frame, table.cyclic.has(index))
      macs = sum(macs, cost.macs)
      elementOps = sum(elementOps, cost.elementOps)
      bytesMoved = sum(bytesMoved, cost.bytesMoved)
    }
    return { macs, elementOps, bytesMoved }
  }

  #record(index: number, node: GraphNode, cost: WholeCost, frame: Frame, isCyclic: boolean): void {
    const { macs, elementOps, bytesMoved } = cost
    this.costs[index] = { macs, elementOps, bytesMoved }
    if (cost.assumption !== undefined && macs !== null) this.assumed.set(index, cost.assumption)
    if (macs !== null && elementOps !== null && bytesMoved !== null) return
    this.unknown.set(index, isCyclic ? 'It is part of a circle' : this.#why(node, frame))
  }

  #why({ op, domain, inputs, outputs, bodies }: GraphNode, frame: Frame): string {
    if (bodies.length === 0 && ruleOf(domain, op) === null && !this.#graph.functions.has(functionKey(domain, op))) {
      return `The operator ${domain === '' ? op : `${domain}.${op}`} is not known`
    }
    const isUnknown = (tensor: number): boolean =>
      tensor >= 0 && (frame.shapes[tensor] === null || frame.shapes[tensor]!.includes(null))
    const from = inputs.find(isUnknown)
    const of = from ?? outputs.find(isUnknown)
    if (of === undefined) return 'Its element types are not known'
    return `The size of ${this.#graph.tensors[of]?.name || 'a tensor'} is not known`
  }

  /** One node with its bytes, and with what it makes of constants marked as such. */
  #node(node: GraphNode, table: GraphTable, frame: Frame, caller: AttributeLookup | null, depth: number): WholeCost {
    const at = new NodeContext(node, table, frame, caller)
    const cost = this.#cost(at, table, frame, caller, depth)
    const isConstant =
      node.inputs.every((tensor) => tensor < 0 || frame.constant[tensor]!) &&
      node.bodies.length === 0 &&
      !isRandom(node)
    if (isConstant) {
      for (const output of node.outputs) if (output >= 0) frame.constant[output] = true
      const isFree = cost.bytesMoved === 0 || node.op === 'Constant'
      return {
        ...moves,
        bytesMoved: 0,
        ...(isFree ? {} : { assumption: 'Made once, when the model is loaded: all that goes in is constant' }),
      }
    }
    if (cost.bytesMoved !== undefined) return { ...cost, bytesMoved: cost.bytesMoved }
    const read = node.inputs.map((tensor, input) => (tensor < 0 ? 0 : at.bytes(input)))
    const written = node.outputs.map((_, output) => at.outputBytes(output))
    return { ...cost, bytesMoved: sum(...read, ...written) }
  }

  #cost(at: NodeContext, table: GraphTable, frame: Frame, caller: AttributeLookup | null, depth: number): Cost {
    const { node } = at
    if (node.bodies.length > 0) return this.#bodies(at, table, frame, caller, depth)
    const called = this.#graph.functions.get(functionKey(node.domain, node.op))
    if (called !== undefined) return this.#call(at, called, depth)
    const rule = ruleOf(node.domain, node.op)
    return rule === null ? unknownCost : rule(at)
  }

  #call(at: NodeContext, called: GraphTable, depth: number): Cost {
    this.#calledNodes += called.nodes.length
    if (depth >= deepestCall || this.#calledNodes > mostCalledNodes) {
      return { ...unknownCost, assumption: 'Its functions call each other too often' }
    }
    const frame = this.frame(called, {})
    called.inputs.forEach((tensor, input) => {
      frame.shapes[tensor] = at.shape(input)
      frame.dtypes[tensor] = at.dtype(input)
      frame.values[tensor] = at.values(input)
    })
    const cost = this.run(called.top, called, frame, resolved(at), depth + 1)
    called.outputs.forEach((tensor, output) =>
      at.give(output, frame.dtypes[tensor] ?? null, frame.shapes[tensor] ?? null, frame.values[tensor] ?? null),
    )
    return cost
  }

  #bodies(at: NodeContext, table: GraphTable, frame: Frame, caller: AttributeLookup | null, depth: number): Cost {
    const { node } = at
    const run = (body: GraphBody): Cost => this.run(body.nodes, table, frame, caller, depth)
    const give = (body: GraphBody, from: number, wrap: (shape: Shape) => Shape = (shape) => shape): void =>
      body.outputs
        .slice(from)
        .forEach((tensor, output) => at.give(output, frame.dtypes[tensor] ?? null, wrap(frame.shapes[tensor] ?? null)))
    const [body] = node.bodies
    if (node.op === 'If') return this.#branches(at, run, give)
    if (node.op === 'Loop' && body !== undefined) {
      const trips = at.known(0)?.[0] ?? null
      // Its inputs are the pass's number, the condition, then what is carried from pass to pass.
      body.inputs.slice(2).forEach((tensor, place) => pass(frame, tensor, at, place + 2))
      const cost = run(body)
      const carried = body.inputs.length - 2
      give(body, 1)
      for (let output = carried; output < at.outputs; output += 1) {
        const scanned = frame.shapes[body.outputs[output + 1] ?? -1] ?? null
        at.give(output, null, scanned === null ? null : [trips, ...scanned])
      }
      return repeated(cost, trips)
    }
    if (node.op === 'Scan' && body !== undefined) {
      const scanned = at.int('num_scan_inputs', 1)
      const states = at.inputs - scanned
      const trips = at.shape(states)?.[0] ?? null
      body.inputs.forEach((tensor, place) => pass(frame, tensor, at, place, place >= states))
      const cost = run(body)
      give(body, 0)
      for (let output = states; output < at.outputs; output += 1) {
        const shape = frame.shapes[body.outputs[output] ?? -1] ?? null
        at.give(output, null, shape === null ? null : [trips, ...shape])
      }
      return repeated(cost, trips)
    }
    for (const other of node.bodies) run(other)
    return unknownCost
  }

  /** The branch that is taken where that is known before a run; the dearer one otherwise. */
  #branches(at: NodeContext, run: (body: GraphBody) => Cost, give: (body: GraphBody, from: number) => void): Cost {
    const named = (attribute: string) => at.node.bodies.find((body) => body.attribute === attribute)
    const branches = [named('then_branch'), named('else_branch')] as const
    const costs = branches.map((body) => (body === undefined ? moves : run(body)))
    const condition = at.known(0)?.[0]
    const [yes = moves, no = moves] = costs
    const taken = condition === undefined ? ((no.macs ?? 0) > (yes.macs ?? 0) ? 1 : 0) : condition !== 0 ? 0 : 1
    if (branches[taken] !== undefined) give(branches[taken], 0)
    const cost = taken === 0 ? yes : no
    if (condition !== undefined) return { ...cost, bytesMoved: cost.bytesMoved ?? null }
    if (yes.macs === null || no.macs === null) return { ...unknownCost }
    return { ...cost, bytesMoved: cost.bytesMoved ?? null, assumption: 'The dearer one of its two branches' }
  }
}

/** Attributes as the called function sees them: those that the call itself takes from its own caller are looked up. */
function resolved(at: NodeContext): AttributeLookup {
  const entries = [...at.node.attributes.keys()].flatMap((name) => {
    const attribute = at.attribute(name)
    return attribute === undefined ? [] : [[name, attribute] as const]
  })
  return new Map(entries)
}

/** Hands a node's input to its body; `sliced` takes the first axis away. */
function pass(frame: Frame, tensor: number, at: NodeContext, input: number, sliced = false): void {
  if (tensor < 0) return
  const shape = at.shape(input)
  frame.shapes[tensor] = sliced ? (shape?.slice(1) ?? null) : shape
  frame.dtypes[tensor] = at.dtype(input)
}

function repeated(cost: Cost, trips: number | null): Cost {
  const [macs, elementOps, bytesMoved] = [cost.macs, cost.elementOps, cost.bytesMoved ?? null].map((value) =>
    product(value, trips ?? 1),
  )
  return {
    macs: macs ?? null,
    elementOps: elementOps ?? null,
    bytesMoved: bytesMoved ?? null,
    ...(trips === null ? { assumption: 'One pass: how many there are is only known in a run' } : {}),
  }
}

function isRandom({ op }: GraphNode): boolean {
  return op.startsWith('Random') || op === 'Bernoulli' || op === 'Multinomial'
}

/**
 * Shapes and costs at chosen sizes of the free dimensions.
 * @param constants values of small weights by their index, as far as they are known
 */
export function countGraph(
  graph: Graph,
  constants: ReadonlyMap<number, Values>,
  sizes: Readonly<Record<string, number>>,
): GraphCounts {
  const counter = new Counter(graph, constants)
  const frame = counter.frame(graph, sizes)
  counter.run(graph.top, graph, frame, null, 0)
  return { frame, costs: counter.costs, unknown: counter.unknown, assumed: counter.assumed }
}
