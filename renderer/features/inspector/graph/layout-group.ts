import { Graph, layout } from '@dagrejs/dagre'
import { entry, exit, isGroup, type GraphGroup } from './graph-group'

export interface PlacedBox {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface PlacedLine {
  readonly from: string
  readonly to: string
  readonly tensors: readonly number[]
  /** Corners, from the upper end to the lower one. */
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

export interface PlacedGraph {
  readonly width: number
  readonly height: number
  readonly boxes: readonly PlacedBox[]
  /** Open groups, the outermost first: what lies in them comes later. */
  readonly frames: readonly PlacedBox[]
  readonly lines: readonly PlacedLine[]
}

/** Room inside an open group. Its name stands at its top, beside the line that comes in. */
const inset = { side: 16, top: 36, topBelowLine: 10, bottom: 16 }
const outerMargin = 24
const gaps = { nodesep: 28, ranksep: 34, edgesep: 16 }

/**
 * Places a graph with its open groups, each laid out by itself (dagre: Gansner et al., "A technique for drawing directed
 * graphs", 1993) and then a box in the group around it. So the work grows with the widest group instead of the whole, and a
 * group that has not changed is taken from `known`.
 */
export function layoutGroup(group: GraphGroup, known: Map<string, PlacedGraph> = new Map()): PlacedGraph {
  const key = JSON.stringify(group)
  const already = known.get(key)
  if (already !== undefined) return already
  const placed = place(group, known)
  known.set(key, placed)
  return placed
}

function place(group: GraphGroup, known: Map<string, PlacedGraph>): PlacedGraph {
  const inner = new Map<string, PlacedGraph>()
  const graph = new Graph()
  graph.setGraph({ rankdir: 'TB', ...gaps })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const child of group.children) {
    if (isGroup(child)) {
      const placed = layoutGroup(child, known)
      inner.set(child.id, placed)
      graph.setNode(child.id, { width: placed.width, height: placed.height })
    } else graph.setNode(child.id, { width: child.width, height: child.height })
  }
  for (const end of [entry, exit]) {
    if (group.lines.some(({ from, to }) => from === end || to === end)) graph.setNode(end, { width: 1, height: 1 })
  }
  for (const { from, to } of group.lines) graph.setEdge(from, to, { weight: from === entry || to === exit ? 1 : 2 })
  layout(graph)
  return gather(group, graph, inner, marginOf(group))
}

interface Margin {
  readonly side: number
  readonly top: number
  readonly bottom: number
}

function marginOf({ id, lines }: GraphGroup): Margin {
  if (id === '') return { side: outerMargin, top: outerMargin, bottom: outerMargin }
  const { side, top, topBelowLine, bottom } = inset
  return {
    side,
    top: lines.some(({ from }) => from === entry) ? topBelowLine : top,
    bottom: lines.some(({ to }) => to === exit) ? 0 : bottom,
  }
}

function gather(
  group: GraphGroup,
  graph: InstanceType<typeof Graph>,
  inner: ReadonlyMap<string, PlacedGraph>,
  margin: Margin,
): PlacedGraph {
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  const whole = {
    width: Math.ceil(width) + 2 * margin.side,
    height: Math.ceil(height) + margin.top + margin.bottom,
  }
  const boxes: PlacedBox[] = []
  const frames: PlacedBox[] = []
  const lines: PlacedLine[] = []
  const corners = new Map<string, { readonly x: number; readonly y: number }>()
  for (const child of group.children) {
    const at = graph.node(child.id) as { x: number; y: number; width: number; height: number }
    const box = {
      id: child.id,
      x: Math.round(at.x - at.width / 2 + margin.side),
      y: Math.round(at.y - at.height / 2 + margin.top),
      width: at.width,
      height: at.height,
    }
    corners.set(child.id, { x: box.x, y: box.y })
    const opened = inner.get(child.id)
    if (opened === undefined) boxes.push(box)
    else {
      frames.push(box, ...opened.frames.map((frame) => moved(frame, box)))
      boxes.push(...opened.boxes.map((one) => moved(one, box)))
      lines.push(...opened.lines.map((line) => movedLine(line, box)))
    }
  }
  for (const { from, to, tensors } of group.lines) {
    const edge = graph.edge(from, to) as { points: readonly { x: number; y: number }[] }
    const points = edge.points.map(({ x, y }) => ({ x: x + margin.side, y: y + margin.top }))
    lines.push({
      from: from === entry ? endOf(group.id, entry) : from,
      to: to === exit ? endOf(group.id, exit) : to,
      tensors,
      points: ended(points, from, to, whole, inner, corners),
    })
  }
  return { ...whole, boxes, frames, lines }
}

/** Lines meet the ends of groups where those stand, rather than where dagre cut the box. */
function ended(
  points: readonly { readonly x: number; readonly y: number }[],
  from: string,
  to: string,
  whole: { readonly height: number },
  inner: ReadonlyMap<string, PlacedGraph>,
  corners: ReadonlyMap<string, { readonly x: number; readonly y: number }>,
): PlacedLine['points'] {
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined) return points
  const middle = points.slice(1, -1)
  const start = from === entry ? { x: first.x, y: 0 } : (doorOf(from, exit, inner, corners) ?? first)
  const end = to === exit ? { x: last.x, y: whole.height } : (doorOf(to, entry, inner, corners) ?? last)
  return [start, ...middle, end]
}

/** Where lines leave or enter an open group: the end of one of its own lines. */
function doorOf(
  id: string,
  end: typeof entry | typeof exit,
  inner: ReadonlyMap<string, PlacedGraph>,
  corners: ReadonlyMap<string, { readonly x: number; readonly y: number }>,
): { x: number; y: number } | null {
  const placed = inner.get(id)
  const corner = corners.get(id)
  if (placed === undefined || corner === undefined) return null
  const name = endOf(id, end)
  const own = placed.lines.find((line) => (end === entry ? line.from : line.to) === name)
  const point = end === entry ? own?.points[0] : own?.points.at(-1)
  return point === undefined ? null : { x: corner.x + point.x, y: corner.y + point.y }
}

function endOf(group: string, end: typeof entry | typeof exit): string {
  return `${group} ${end}`
}

function moved(box: PlacedBox, by: { readonly x: number; readonly y: number }): PlacedBox {
  return { ...box, x: box.x + by.x, y: box.y + by.y }
}

function movedLine(line: PlacedLine, by: { readonly x: number; readonly y: number }): PlacedLine {
  return { ...line, points: line.points.map(({ x, y }) => ({ x: x + by.x, y: y + by.y })) }
}
