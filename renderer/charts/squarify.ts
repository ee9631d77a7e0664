export interface Tile {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * Rectangles whose areas are as the values, as nearly square as it goes (Bruls, Huizing, van Wijk: "Squarified treemaps",
 * 2000). Values must be positive and fall; tiles come in their order.
 */
export function squarify(values: readonly number[], room: Tile): readonly Tile[] {
  const total = values.reduce((sum, value) => sum + value, 0)
  if (total <= 0 || room.width <= 0 || room.height <= 0) return values.map(() => ({ ...room, width: 0, height: 0 }))
  const scale = (room.width * room.height) / total
  const areas = values.map((value) => value * scale)
  const tiles: Tile[] = []
  let left = room
  let at = 0
  while (at < areas.length) {
    const side = Math.min(left.width, left.height)
    let end = at + 1
    while (end < areas.length && worst(areas, at, end + 1, side) <= worst(areas, at, end, side)) end += 1
    left = layRow(areas.slice(at, end), left, tiles)
    at = end
  }
  return tiles
}

/** The longest side ratio of a row's tiles. */
function worst(areas: readonly number[], from: number, to: number, side: number): number {
  let sum = 0
  let least = Infinity
  let most = 0
  for (let at = from; at < to; at += 1) {
    const area = areas[at]!
    sum += area
    least = Math.min(least, area)
    most = Math.max(most, area)
  }
  return Math.max((side * side * most) / (sum * sum), (sum * sum) / (side * side * least))
}

/** Lays a row along the shorter side. @returns the room that is left */
function layRow(areas: readonly number[], room: Tile, tiles: Tile[]): Tile {
  const sum = areas.reduce((total, area) => total + area, 0)
  const isUpright = room.width >= room.height
  const depth = sum / (isUpright ? room.height : room.width)
  let along = isUpright ? room.y : room.x
  for (const area of areas) {
    const length = depth === 0 ? 0 : area / depth
    tiles.push(
      isUpright
        ? { x: room.x, y: along, width: depth, height: length }
        : { x: along, y: room.y, width: length, height: depth },
    )
    along += length
  }
  return isUpright
    ? { x: room.x + depth, y: room.y, width: Math.max(0, room.width - depth), height: room.height }
    : { x: room.x, y: room.y + depth, width: room.width, height: Math.max(0, room.height - depth) }
}
