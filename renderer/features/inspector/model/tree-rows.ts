import type { Inspection } from '../../../../contract/inspection'
import type { Item } from './item'
import type { ModelGraph } from './model-graph'

export interface TreeRow {
  readonly item: Item
  readonly depth: number
  /** Null where there is nothing in it. */
  readonly isOpen: boolean | null
  /** Place among its siblings, from 1, and how many they are. */
  readonly place: number
  readonly siblings: number
}

/** The rows of the tree as it stands open: scopes and nodes in the order in which they run, and the bodies of nodes. */
export function treeRows(inspection: Inspection, graph: ModelGraph, open: ReadonlySet<string>): readonly TreeRow[] {
  const rows: TreeRow[] = []

  function add(items: readonly Item[], depth: number): void {
    items.forEach((item, index) => {
      const inside = item.kind === 'scope' ? scopeItems(inspection, graph, item.index) : bodyItems(graph, item.index)
      const isOpen = inside.length === 0 ? null : open.has(`${item.kind}-${item.index}`)
      rows.push({ item, depth, isOpen, place: index + 1, siblings: items.length })
      if (isOpen === true) add(inside, depth + 1)
    })
  }

  add(scopeItems(inspection, graph, 0), 0)
  return rows
}

function bodyItems(graph: ModelGraph, node: number): readonly Item[] {
  return (graph.nodesWithin.get(node) ?? []).map((index): Item => ({ kind: 'node', index }))
}

/** Scopes and nodes of a scope, by the first node of each. */
export function scopeItems(inspection: Inspection, graph: ModelGraph, scope: number): readonly Item[] {
  const first = firstNodes(inspection, graph)
  const items: readonly { readonly item: Item; readonly at: number }[] = [
    ...(graph.scopesIn[scope] ?? []).map((index) => ({
      item: { kind: 'scope' as const, index },
      at: first[index] ?? Infinity,
    })),
    ...(graph.nodesIn[scope] ?? []).map((index) => ({ item: { kind: 'node' as const, index }, at: index })),
  ]
  return items.toSorted((a, b) => a.at - b.at).map(({ item }) => item)
}

const known = new WeakMap<ModelGraph, readonly number[]>()

/** The first node of each scope, those of the scopes in it included. */
function firstNodes(inspection: Inspection, graph: ModelGraph): readonly number[] {
  const found = known.get(graph)
  if (found !== undefined) return found
  const first = inspection.scopes.map((_, scope) => graph.nodesIn[scope]?.[0] ?? Infinity)
  for (let scope = first.length - 1; scope > 0; scope -= 1) {
    const parent = inspection.scopes[scope]?.parent
    if (parent != null) first[parent] = Math.min(first[parent] ?? Infinity, first[scope] ?? Infinity)
  }
  known.set(graph, first)
  return first
}

/** What must stand open for an item to be seen, the outermost first. */
export function openTowards(inspection: Inspection, item: Item): readonly string[] {
  const keys: string[] = []
  let scope: number | null = null
  if (item.kind === 'node') {
    let node = inspection.nodes[item.index]
    while (node !== undefined && node.within !== null) {
      keys.unshift(`node-${node.within}`)
      node = inspection.nodes[node.within]
    }
    scope = node?.scope ?? null
  } else if (item.kind === 'scope') scope = inspection.scopes[item.index]?.parent ?? null
  while (scope !== null && scope !== 0) {
    keys.unshift(`scope-${scope}`)
    scope = inspection.scopes[scope]?.parent ?? null
  }
  return keys
}
