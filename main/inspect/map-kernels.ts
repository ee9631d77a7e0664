import type { Graph } from './graph'

/** A kernel of the runtime's own graph, as its profile names it. */
export interface Kernel {
  readonly name: string
  readonly op: string
  /** Its number in the optimised graph. */
  readonly index: number
}

/**
 * What onnxruntime adds to the name of a tensor when it computes it in another layout or type, or makes a name unique:
 * `Conv_1_out0_nchwc`, `InsertedPrecisionFreeCast_x`, `Mul_11/QuickGeluFusion/`.
 */
const prefixes = [/^InsertedPrecisionFreeCast_/, /^fused /]
const suffixes = [
  /_token_\d+$/,
  /_nchwc$/,
  /_nhwc$/,
  /\/[A-Za-z]+Fusion\/$/,
  /_transpose$/,
  /_Transposed?$/,
  /_quantized$/,
]

/** Kernels that stand for no node: changes of layout and type, copies between devices. */
const insertedOps = new Set(['ReorderInput', 'ReorderOutput', 'MemcpyToHost', 'MemcpyFromHost'])

function originalNames(name: string): string[] {
  const names = [name]
  let rest = name
  for (let changed = true; changed;) {
    changed = false
    for (const pattern of [...prefixes, ...suffixes]) {
      const shorter = rest.replace(pattern, '')
      if (shorter === rest) continue
      rest = shorter
      names.push(rest)
      changed = true
    }
  }
  return names
}

interface Originals {
  /** Node that gives a tensor, by the tensor's name. */
  readonly producers: ReadonlyMap<string, number>
  /** Node by its own name; null where several have it. */
  readonly byName: ReadonlyMap<string, number | null>
}

function originals({ nodes, tensors }: Graph): Originals {
  const producers = new Map<string, number>()
  const byName = new Map<string, number | null>()
  nodes.forEach(({ name, outputs }, index) => {
    for (const tensor of outputs) if (tensor >= 0) producers.set(tensors[tensor]!.name, index)
    if (name !== '') byName.set(name, byName.has(name) ? null : index)
  })
  return { producers, byName }
}

/** The optimised graph's node behind each kernel: by name, and where nodes have none, in their order. */
function optimisedNodes(optimised: Graph, kernels: readonly Kernel[]): Map<Kernel, number> {
  const named = new Map<string, number>()
  const unnamed = new Map<string, number[]>()
  optimised.nodes.forEach(({ name, op }, index) => {
    if (name !== '') named.set(name, index)
    else unnamed.set(op, [...(unnamed.get(op) ?? []), index])
  })
  const found = new Map<Kernel, number>()
  const waiting = new Map<string, Kernel[]>()
  for (const kernel of kernels) {
    const node = named.get(kernel.name)
    // A node without a name is profiled as its operator and number.
    const isUnnamed = kernel.name === `${kernel.op}_${kernel.index}` && node === undefined
    if (node !== undefined) found.set(kernel, node)
    else if (isUnnamed) waiting.set(kernel.op, [...(waiting.get(kernel.op) ?? []), kernel])
  }
  for (const [op, some] of waiting) {
    const nodes = unnamed.get(op) ?? []
    if (nodes.length !== some.length) continue
    const inOrder = [...some].sort((a, b) => a.index - b.index)
    inOrder.forEach((kernel, place) => found.set(kernel, nodes[place]!))
  }
  return found
}

/** The node of the original graph that a kernel's result is the result of; null where it is the runtime's own doing. */
function anchor(kernel: Kernel, results: readonly string[], { producers, byName }: Originals): number | null {
  if (insertedOps.has(kernel.op)) return null
  for (const result of results.flatMap(originalNames)) {
    const node = producers.get(result)
    if (node !== undefined) return node
  }
  for (const name of originalNames(kernel.name)) {
    const node = byName.get(name) ?? producers.get(name)
    if (node !== undefined && node !== null) return node
  }
  return null
}

/**
 * Which nodes of the original graph each kernel computes, the one that gives its result first. Fused nodes are found by
 * walking back from the result to what other kernels give. Empty where the kernel is the runtime's own doing.
 * @param optimised the graph that really ran; without it names alone are compared
 */
export function mapKernels(graph: Graph, optimised: Graph | null, kernels: readonly Kernel[]): Map<Kernel, number[]> {
  const known = originals(graph)
  const nodeOf = optimised === null ? new Map<Kernel, number>() : optimisedNodes(optimised, kernels)
  const anchors = new Map<Kernel, number | null>()
  for (const kernel of kernels) {
    const node = nodeOf.get(kernel)
    const results =
      optimised === null || node === undefined
        ? []
        : optimised.nodes[node]!.outputs.flatMap((tensor) => (tensor < 0 ? [] : [optimised.tensors[tensor]!.name]))
    anchors.set(kernel, anchor(kernel, results, known))
  }
  const claimed = new Set([...anchors.values()].filter((node) => node !== null))
  const producer = new Int32Array(graph.tensors.length).fill(-1)
  graph.nodes.forEach(({ outputs }, index) => {
    for (const tensor of outputs) if (tensor >= 0) producer[tensor] = index
  })
  const result = new Map<Kernel, number[]>()
  for (const [kernel, node] of anchors)
    result.set(kernel, node === null ? [] : withFused(graph, node, claimed, producer))
  return result
}

/** A node with those before it that no kernel gives: they are computed inside its own. */
function withFused(graph: Graph, node: number, claimed: Set<number>, producer: Int32Array): number[] {
  const group = [node]
  for (let at = 0; at < group.length; at += 1) {
    for (const tensor of graph.nodes[group[at]!]!.inputs) {
      const before = tensor < 0 ? -1 : producer[tensor]!
      if (before < 0 || claimed.has(before) || group.includes(before)) continue
      claimed.add(before)
      group.push(before)
    }
  }
  return group
}
