import type { CandidateList } from '../candidate-list'
import type { Size } from '../picture-input'

/** Adds a box that is given as centre, width and height, in shares of the network's size. */
export function addCentred(
  found: CandidateList,
  score: number,
  classId: number,
  data: Float32Array,
  at: number,
  { width, height }: Size,
): void {
  const [x, y] = [data[at]! * width, data[at + 1]! * height]
  const [halfWidth, halfHeight] = [(data[at + 2]! * width) / 2, (data[at + 3]! * height) / 2]
  found.add(score, classId, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight)
}
