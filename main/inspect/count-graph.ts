import type { Dimension } from '../../contract/inspection'
import { countBodies } from './count-bodies'
import { CountMemory, type WholeCost } from './count-memory'
import { functionKey, type Graph, type GraphBody, type GraphNode, type GraphTable, type Shape } from './graph'
import {
  moves,
  NodeContext,
  type AttributeLookup,
  type Cost,
  type Frame,
  type RunSize,
  type Values,
} from './node-context'
import { ruleOf } from './operators/rules'
import { sum } from './sizes'

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
  /** Sizes that only a run can tell, whether they were given or not. */
  readonly runSizes: readonly RunSize[]
}

/** Functions within functions, before it is left at that. */
const deepestCall = 16
/** How many nodes are counted again, in functions and in bodies whose sizes change, before it is left at that. */
const mostAgain = 500_000

const unknownCost: WholeCost = { macs: null, elementOps: null, bytesMoved: null }

/** A declared dimension at chosen sizes. */
function sized(dimension: Dimension, sizes: Readonly<Record<string, number>>): number | null {
  return typeof dimension === 'string' ? (Object.hasOwn(sizes, dimension) ? sizes[dimension]! : null) : dimension
}

/** A declared shape at chosen sizes; itself where it names none. */
function sizedShape(shape: readonly Dimension[] | null, sizes: Readonly<Record<string, number>>): Shape {
  if (shape === null || shape.every((dimension) => typeof dimension !== 'string')) return shape
  return shape.map((dimension) => sized(dimension, sizes))
}

/** Counts one graph at chosen sizes. */
class Counter {
  readonly #graph: Graph
  readonly #constants: ReadonlyMap<number, Values>
  readonly #memory: CountMemory
  readonly #sizes: Readonly<Record<string, number>>
  /** By their names. */
  readonly runSizes = new Map<string, RunSize>()
  readonly unknown = new Map<number, string>()
  readonly assumed = new Map<number, string>()
  readonly costs: NodeCost[]
  #visited = 0
  #asked = 0

  constructor(
    graph: Graph,
    constants: ReadonlyMap<number, Values>,
    sizes: Readonly<Record<string, number>>,
    memory: CountMemory,
  ) {
    this.#graph = graph
    this.#memory = memory
    memory.begin()
    this.#constants = constants
    this.#sizes = sizes
    this.costs = graph.nodes.map(() => unknownCost)
  }

  /** What a table's tensors are before anything runs. Names of sizes mean nothing within a function. */
  frame(table: GraphTable): Frame {
    const isWhole = table === this.#graph
    const sizes = isWhole ? this.#sizes : {}
    return {
      shapes: table.tensors.map(({ shape }) => sizedShape(shape, sizes)),
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
    this.#visited += nodes.length
    if (this.#visited > this.#graph.nodes.length + mostAgain) return unknownCost
    const isWhole = table === this.#graph
    let macs: number | null = 0
    let elementOps: number | null = 0
    let bytesMoved: number | null = 0
    for (const index of nodes) {
      const node = table.nodes[index]!
      const isCyclic = table.cyclic.has(index)
      const cost = isCyclic
        ? unknownCost
        : isWhole && node.within === null && node.bodies.length === 0
          ? this.#known(index, node, frame)
          : this.#node(node, table, frame, caller, depth)
      if (isWhole) this.#record(index, node, cost, frame, isCyclic)
      macs = sum(macs, cost.macs)
      elementOps = sum(elementOps, cost.elementOps)
      bytesMoved = sum(bytesMoved, cost.bytesMoved)
    }
    return { macs, elementOps, bytesMoved }
  }

  #record(index: number, node: GraphNode, cost: WholeCost, frame: Frame, isCyclic: boolean): void {
    const { macs, elementOps, bytesMoved } = cost
    this.costs[index] = cost
    if (cost.assumption !== undefined && macs !== null) this.assumed.set(index, cost.assumption)
    else this.assumed.delete(index)
    if (macs !== null && elementOps !== null && bytesMoved !== null) {
      this.unknown.delete(index)
      return
    }
    this.unknown.set(index, isCyclic ? 'It is part of a circle' : this.#why(node, frame))
  }

  #runSize(size: RunSize): number | null {
    this.#asked += 1
    this.runSizes.set(size.name, size)
    return Object.hasOwn(this.#sizes, size.name) ? this.#sizes[size.name]! : null
  }

  #why({ op, domain, inputs, outputs }: GraphNode, frame: Frame): string {
    if (!isCounted(this.#graph, { op, domain })) {
      return `The operator ${domain === '' ? op : `${domain}.${op}`} is not known`
    }
    const isUnknown = (tensor: number): boolean =>
      tensor >= 0 && (frame.shapes[tensor] === null || frame.shapes[tensor]!.includes(null))
    const from = inputs.find(isUnknown)
    const of = from ?? outputs.find(isUnknown)
    if (of === undefined) return 'Its element types are not known'
    return `The size of ${this.#graph.tensors[of]?.name || 'a tensor'} is not known`
  }

  /** A node of the graph itself: what is remembered of one like it, unless it asks for a size that goes by its own name. */
  #known(index: number, node: GraphNode, frame: Frame): WholeCost {
    const key = this.#memory.key(index, frame)
    const known = key === null ? null : this.#memory.recall(key, node, frame)
    if (known !== null) return known
    const asked = this.#asked
    const cost = this.#node(node, this.#graph, frame, null, 0)
    if (key !== null && this.#asked === asked) this.#memory.keep(key, node, frame, cost)
    return cost
  }

  /** One node with its bytes, and with what it makes of constants marked as such. */
  #node(node: GraphNode, table: GraphTable, frame: Frame, caller: AttributeLookup | null, depth: number): WholeCost {
    // A function is the same for all its calls, so what its nodes find in a run has no name of its own.
    const askSize = table === this.#graph ? (size: RunSize) => this.#runSize(size) : () => null
    const at = new NodeContext(node, table, frame, { attributes: caller, askSize })
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
    if (depth >= deepestCall) return unknownCost
    const frame = this.frame(called)
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
    const cost = countBodies(at, {
      frame,
      run: (body) => this.run(body.nodes, table, frame, caller, depth),
      forget: (body) => this.#forget(body, table, frame),
    })
    if (cost !== null) return cost
    for (const body of at.node.bodies) this.run(body.nodes, table, frame, caller, depth)
    return unknownCost
  }

  #forget(body: GraphBody, table: GraphTable, frame: Frame): void {
    for (const index of body.nodes) {
      const { outputs, bodies } = table.nodes[index]!
      for (const tensor of outputs) {
        if (tensor < 0) continue
        const { shape, dtype } = table.tensors[tensor]!
        frame.shapes[tensor] = sizedShape(shape, this.#sizes)
        frame.dtypes[tensor] = dtype
        frame.values[tensor] = null
        frame.constant[tensor] = false
      }
      for (const inner of bodies) this.#forget(inner, table, frame)
    }
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

/** Operators whose bodies are counted. */
const withBodies = new Set(['If', 'Loop', 'Scan'])

/** Whether what an operator costs can be counted. */
export function isCounted({ functions }: Graph, { op, domain }: Pick<GraphNode, 'op' | 'domain'>): boolean {
  return ruleOf(domain, op) !== null || functions.has(functionKey(domain, op)) || (domain === '' && withBodies.has(op))
}

function isRandom({ op }: GraphNode): boolean {
  return op.startsWith('Random') || op === 'Bernoulli' || op === 'Multinomial'
}

/** What was counted of each graph, as long as it is kept open. */
const memories = new WeakMap<Graph, { readonly constants: ReadonlyMap<number, Values>; readonly memory: CountMemory }>()

function memoryOf(graph: Graph, constants: ReadonlyMap<number, Values>): CountMemory {
  const kept = memories.get(graph)
  if (kept?.constants === constants) return kept.memory
  const memory = new CountMemory(graph)
  memories.set(graph, { constants, memory })
  return memory
}

/**
 * Shapes and costs at chosen sizes of the free dimensions. A first count of ten thousand nodes takes some tens of milliseconds, a later
 * one a few: what the sizes do not change is remembered.
 * @param constants values of small weights by their index, as far as they are known
 */
export function countGraph(
  graph: Graph,
  constants: ReadonlyMap<number, Values>,
  sizes: Readonly<Record<string, number>>,
): GraphCounts {
  const counter = new Counter(graph, constants, sizes, memoryOf(graph, constants))
  const frame = counter.frame(graph)
  counter.run(graph.top, graph, frame, null, 0)
  const { costs, unknown, assumed, runSizes } = counter
  return { frame, costs, unknown, assumed, runSizes: [...runSizes.values()] }
}
