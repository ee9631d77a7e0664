/** Added to the score of a row that may not be looked at: far below any real score, and safe from becoming NaN. */
const hidden = -1e9

/** Columns over which a graph of ours adds up in one go (training/language/attention.py). */
const sumRun = 1024

/**
 * Whether each path of a tree gets the same bits as it would alone. Columns that a row does not see add nothing, but they move those
 * after them, and where one is moved into the next run of a sum it is added in another order.
 */
export function treeKeepsBits(past: number, rows: number): boolean {
  return Math.floor(past / sumRun) === Math.floor((past + rows - 1) / sumRun)
}

/**
 * Who sees whom, [S, P + S]: 0 where a row may look, -1e9 elsewhere. Every row sees the past and itself; a chain's row all before
 * it, a tree's row its ancestors.
 * @param parents of each new row, -1 for one that follows the past; a chain where null
 * @throws RangeError where a parent does not come before its child
 */
export function attentionMask(past: number, rows: number, parents: readonly number[] | null): Float32Array {
  const width = past + rows
  const mask = new Float32Array(rows * width)
  for (let row = 0; row < rows; row++) {
    const start = row * width
    const parent = parentOf(parents, row)
    if (parent < 0) {
      mask.fill(hidden, start + past, start + width)
    } else {
      // A row sees what its parent sees, and itself.
      mask.copyWithin(start + past, parent * width + past, (parent + 1) * width)
    }
    mask[start + past + row] = 0
  }
  return mask
}

/** Position of each new row: the past's length and its depth. */
export function rowPositions(past: number, rows: number, parents: readonly number[] | null): number[] {
  const positions: number[] = []
  for (let row = 0; row < rows; row++) {
    const parent = parentOf(parents, row)
    positions.push(parent < 0 ? past : positions[parent]! + 1)
  }
  return positions
}

function parentOf(parents: readonly number[] | null, row: number): number {
  if (parents === null) return row - 1
  const parent = parents[row]
  if (parent === undefined || parent < -1 || parent >= row) {
    throw new RangeError(`Row ${row} has the parent ${parent ?? 'none'}, which does not come before it`)
  }
  return parent
}
