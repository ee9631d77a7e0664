import type { Inspection } from '../../../../contract/inspection'
import { weightGroupsOf, type WeightGroup } from './weight-tree'

/** A file's parts by what they belong to, found once for each file. */
export interface ModelGraph {
  /** Scopes that lie directly in each scope. */
  readonly scopesIn: readonly (readonly number[])[]
  /** Nodes that lie directly in each scope, in the order in which they run; bodies of other nodes are left out. */
  readonly nodesIn: readonly (readonly number[])[]
  /** Nodes of the bodies of each node that has any. */
  readonly nodesWithin: ReadonlyMap<number, readonly number[]>
  /** Nodes outside of all bodies, in the order in which they run. */
  readonly top: readonly number[]
  /** Node that gives each tensor; -1 where none does. */
  readonly producer: Int32Array
  /** Nodes that read each tensor. */
  readonly consumers: readonly (readonly number[])[]
  /** Weights whose first user is the node. */
  readonly weightsOf: ReadonlyMap<number, readonly number[]>
  /** Nodes that read weights alone, whatever is fed: constants, and what is made of them before it is used. */
  readonly fixed: ReadonlySet<number>
  /** Of a file without a graph: its weights by their names. */
  readonly groups: readonly WeightGroup[]
}

export function modelGraphOf(inspection: Inspection): ModelGraph {
  const { scopes, nodes, tensors, weights } = inspection
  const scopesIn = scopes.map((): number[] => [])
  scopes.forEach(({ parent }, index) => {
    if (parent !== null) scopesIn[parent]?.push(index)
  })
  const nodesIn = scopes.map((): number[] => [])
  const nodesWithin = new Map<number, number[]>()
  const top: number[] = []
  const producer = new Int32Array(tensors.length).fill(-1)
  const consumers = tensors.map((): number[] => [])
  nodes.forEach((node, index) => {
    if (node.within === null) {
      nodesIn[node.scope]?.push(index)
      top.push(index)
    } else push(nodesWithin, node.within, index)
    for (const output of node.outputs) if (output >= 0) producer[output] = index
    for (const input of node.inputs) if (input >= 0) consumers[input]?.push(index)
  })
  const weightsOf = new Map<number, number[]>()
  weights.forEach(({ node }, index) => {
    if (node !== null) push(weightsOf, node, index)
  })
  const fixed = fixedNodes(inspection, producer)
  const groups = nodes.length > 0 ? [] : weightGroupsOf(inspection)
  return { scopesIn, nodesIn, nodesWithin, top, producer, consumers, weightsOf, fixed, groups }
}

function fixedNodes({ nodes, tensors }: Inspection, producer: Int32Array): ReadonlySet<number> {
  const fixed = new Set<number>()
  nodes.forEach(({ op, inputs, within }, index) => {
    const read = inputs.filter((tensor) => tensor >= 0)
    const isFixed = (tensor: number) => tensors[tensor]?.weight !== null || fixed.has(producer[tensor] ?? -1)
    if (within === null && (op === 'Constant' || (read.length > 0 && read.every(isFixed)))) fixed.add(index)
  })
  return fixed
}

/** The weights that a node reads, directly or as they were made ready for it by fixed nodes. */
export function weightsBehind(node: number, inspection: Inspection, graph: ModelGraph): readonly number[] {
  return (inspection.nodes[node]?.inputs ?? []).flatMap((tensor): readonly number[] => {
    if (tensor < 0) return []
    const weight = inspection.tensors[tensor]?.weight ?? null
    if (weight !== null) return [weight]
    const maker = graph.producer[tensor] ?? -1
    return graph.fixed.has(maker) ? weightsBehind(maker, inspection, graph) : []
  })
}

function push(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

/** The scopes around a scope, the innermost first, without the whole. */
export function scopesAround(inspection: Inspection, scope: number): readonly number[] {
  const around: number[] = []
  let at = inspection.scopes[scope]?.parent ?? null
  while (at !== null && at !== 0) {
    around.push(at)
    at = inspection.scopes[at]?.parent ?? null
  }
  return around
}

/**
 * What a node is called within its scope: the last part of its own name, after slashes and dots alike, or its operator. A part
 * that is a number alone is told with the one before it.
 */
export function nodeLabel(node: { readonly name: string; readonly op: string }): string {
  const parts = node.name.split(/[/.]/).filter((part) => part !== '')
  const last = parts.at(-1)
  if (last === undefined) return node.op
  return /^[\d_]+$/.test(last) ? parts.slice(-2).join('.') : last
}
