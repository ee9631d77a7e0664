import type { ChatTurnEvent } from '../turn'

/** How pixels lie in what a graph is fed. */
export type PixelOrder =
  | { readonly kind: 'planes'; readonly width: number; readonly height: number }
  | { readonly kind: 'patches'; readonly patch: number; readonly width: number; readonly height: number }

/** Bytes in the order of a picture, [height, width, 3], of what a graph was fed: written out place by place. */
export function picturePixels(feed: Float32Array, order: PixelOrder): number[] {
  const { width, height } = order
  return Array.from({ length: 3 * width * height }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
    return Math.round((feed[placeOf(x, y, c, order)]! + 1) * 127.5)
  })
}

function placeOf(x: number, y: number, c: number, order: PixelOrder): number {
  const { width, height } = order
  if (order.kind === 'planes') return (c * height + y) * width + x
  const { patch } = order
  const index = Math.floor(y / patch) * (width / patch) + Math.floor(x / patch)
  return 3 * (index * patch * patch + (y % patch) * patch + (x % patch)) + c
}

/** All pieces of text of a turn, thoughts included. */
export function describeText(events: readonly ChatTurnEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.text : '')).join('')
}
