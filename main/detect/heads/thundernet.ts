import type { CandidateList } from '../candidate-list'
import type { FloatOutput } from '../float-output'

/**
 * ThunderNet's second stage: each row is a box with a probability for every class and for the background, and stands for all of its
 * classes.
 * @param boxes [rows, 4]: left, top, right, bottom in the network's pixels
 * @param scores [rows, classes + 1]
 * @param background its column
 */
export function readThunderNet(
  boxes: FloatOutput,
  scores: FloatOutput,
  background: number,
  found: CandidateList,
): void {
  const [rows = 0, columns = 0] = scores.shape
  for (let row = 0; row < rows; row++) {
    const [left, top, right, bottom] = boxes.data.subarray(4 * row, 4 * row + 4)
    for (let column = 0; column < columns; column++) {
      if (column === background) continue
      const classId = column < background ? column : column - 1
      found.add(scores.data[row * columns + column]!, classId, left!, top!, right!, bottom!)
    }
  }
}
