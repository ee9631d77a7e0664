import type { PlacedBox, PlacedGraph } from './layout-group'

export type Direction = 'up' | 'down' | 'left' | 'right'

/** The nearest box in a direction: up and down follow the flow, so sideways distance counts double there. */
export function neighbourOf(graph: PlacedGraph, from: string | null, direction: Direction): string | null {
  const boxes = graph.boxes
  const here = boxes.find(({ id }) => id === from) ?? graph.frames.find(({ id }) => id === from)
  if (here === undefined) return boxes.toSorted((a, b) => a.y - b.y || a.x - b.x)[0]?.id ?? null
  const origin = centreOf(here)
  let best: string | null = null
  let least = Infinity
  for (const box of boxes) {
    if (box.id === from) continue
    const centre = centreOf(box)
    const dx = centre.x - origin.x
    const dy = centre.y - origin.y
    const along = { up: -dy, down: dy, left: -dx, right: dx }[direction]
    const aside = Math.abs(direction === 'up' || direction === 'down' ? dx : dy)
    if (along < 1) continue
    const distance = along + 2 * aside
    if (distance < least) {
      least = distance
      best = box.id
    }
  }
  return best
}

function centreOf({ x, y, width, height }: PlacedBox): { readonly x: number; readonly y: number } {
  return { x: x + width / 2, y: y + height / 2 }
}
