import type { GraphGroup } from './graph-group'
import { layoutGroup, type PlacedGraph } from './layout-group'

/** Lays graphs out beside the page. Groups that were laid out once are kept. */
const known = new Map<string, PlacedGraph>()

// The DOM's own types take this for a window.
const scope = self as unknown as {
  onmessage: (event: MessageEvent<{ readonly turn: number; readonly group: GraphGroup }>) => void
  postMessage: (message: unknown) => void
}

scope.onmessage = ({ data: { turn, group } }) => {
  try {
    scope.postMessage({ turn, placed: layoutGroup(group, known) })
  } catch (error) {
    scope.postMessage({ turn, problem: error instanceof Error ? error.message : String(error) })
  }
}
