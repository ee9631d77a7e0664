import type { Inspection } from '../../../../contract/inspection'
import type { ModelGraph } from '../model/model-graph'

/** Models with more nodes open folded. */
export const mostNodesUnfolded = 2000
/** As many boxes as a first look takes in. */
const firstBoxes = 28

/**
 * What stands unfolded at first. Scopes that are alone in theirs are opened, since they tell nothing; a small model is opened
 * further, scope by scope in the order in which they run, while its boxes can be taken in at a glance.
 */
export function firstOpen(inspection: Inspection, graph: ModelGraph): ReadonlySet<string> {
  const open = new Set<string>()
  let scope = 0
  for (;;) {
    const inside = graph.scopesIn[scope] ?? []
    const only = inside[0]
    if (only === undefined || inside.length > 1 || (graph.nodesIn[scope] ?? []).length > 2) break
    open.add(`scope-${only}`)
    scope = only
  }
  if (inspection.nodes.length > mostNodesUnfolded) return open
  let shown = countIn(graph, scope)
  const waiting = [...(graph.scopesIn[scope] ?? [])]
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const more = countIn(graph, next) - 1
    if (shown + more > firstBoxes) continue
    open.add(`scope-${next}`)
    shown += more
    waiting.push(...(graph.scopesIn[next] ?? []))
  }
  return open
}

function countIn(graph: ModelGraph, scope: number): number {
  return (graph.scopesIn[scope] ?? []).length + (graph.nodesIn[scope] ?? []).length
}
