import type { InspectionDifference } from '../../contract/inspection'
import type { Links, Matching } from './node-pairs'

type Groups = InspectionDifference['nodes']['groups']

/** A pair of nodes in which something changed. */
interface Changed {
  readonly before: number
  readonly after: number
  readonly isOtherOperator: boolean
}

/**
 * Puts nodes that only one model has into groups: those that hang together, with a changed pair that they lead to or come from.
 * Where several do, one whose operator changed is chosen. What no changed pair is beside of is in no group.
 * @returns the index in `changed` of each group's pair, and its nodes, ascending
 */
export function groupHelpers(
  { removed, added }: Matching,
  before: Links,
  after: Links,
  changed: readonly Changed[],
): Groups {
  const groups = new Map<number, { around: number; removed: number[]; added: number[] }>()

  function gather(
    side: 'removed' | 'added',
    only: readonly number[],
    links: Links,
    nodeOf: (pair: Changed) => number,
  ): void {
    const places = new Map(changed.map((pair, place) => [nodeOf(pair), place]))
    for (const { nodes, beside } of components(only, links)) {
      const around = beside.flatMap((node) => places.get(node) ?? [])
      const place = around.find((one) => changed[one]!.isOtherOperator) ?? around[0]
      if (place === undefined) continue
      const group = groups.get(place) ?? { around: place, removed: [], added: [] }
      group[side].push(...nodes)
      groups.set(place, group)
    }
  }

  gather('removed', removed, before, (pair) => pair.before)
  gather('added', added, after, (pair) => pair.after)
  for (const group of groups.values()) {
    group.removed.sort((a, b) => a - b)
    group.added.sort((a, b) => a - b)
  }
  return [...groups.values()].sort((a, b) => a.around - b.around)
}

/** Nodes that hang together through each other alone, and what else they read from or are read by: readers first. */
function components(
  only: readonly number[],
  { graph, maker, readers }: Links,
): { readonly nodes: number[]; readonly beside: readonly number[] }[] {
  const waiting = new Set(only)
  return only.flatMap((first) => {
    if (!waiting.delete(first)) return []
    const nodes: number[] = []
    const [reading, made] = [new Set<number>(), new Set<number>()]
    const near = [first]
    const meet = (node: number, others: Set<number>): void => {
      if (waiting.delete(node)) near.push(node)
      else others.add(node)
    }
    for (let node = near.pop(); node !== undefined; node = near.pop()) {
      nodes.push(node)
      const { inputs, outputs } = graph.nodes[node]!
      for (const tensor of outputs) for (const reader of readers[tensor] ?? []) meet(reader.node, reading)
      for (const tensor of inputs) if (tensor >= 0 && maker[tensor]! >= 0) meet(maker[tensor]!, made)
    }
    return [{ nodes, beside: [...reading, ...made] }]
  })
}
