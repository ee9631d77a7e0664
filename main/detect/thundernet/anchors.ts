/** The shapes that are tried at every cell, and where they stand. */
export interface AnchorGrid {
  /** Network pixels from cell to cell. */
  readonly stride: number
  readonly sides: readonly number[]
  /** Height over width. */
  readonly ratios: readonly number[]
  /** Network pixels from a cell's corner to its anchors' centre. */
  readonly offset: number
}

/** Width and height of each anchor: sides one after the other, the ratios within each. */
export function anchorShapes({
  sides,
  ratios,
}: AnchorGrid): { width: number; height: number; side: number; ratio: number }[] {
  return sides.flatMap((side) =>
    ratios.map((ratio) => ({ width: side * Math.sqrt(1 / ratio), height: side * Math.sqrt(ratio), side, ratio })),
  )
}

/**
 * All anchors: cells row by row, the shapes of a cell one after the other.
 * @returns [rows * columns * shapes, 4]: left, top, right, bottom in the network's pixels, not cut to the picture
 */
export function makeAnchors(grid: AnchorGrid, rows: number, columns: number): Float64Array {
  const shapes = anchorShapes(grid)
  const anchors = new Float64Array(4 * rows * columns * shapes.length)
  let at = 0
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = [column * grid.stride + grid.offset, row * grid.stride + grid.offset]
      for (const { width, height } of shapes) {
        anchors[at++] = x - width / 2
        anchors[at++] = y - height / 2
        anchors[at++] = x + width / 2
        anchors[at++] = y + height / 2
      }
    }
  }
  return anchors
}
