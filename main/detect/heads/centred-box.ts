import type { CandidateList } from '../candidate-list'

/** What shares of a side are multiplied with: the network's pixels. */
export interface NetworkSize {
  readonly width: number
  readonly height: number
}

/** Adds a box that is given as centre, width and height, in shares of the size: 1 × 1 where they are pixels already. */
export function addCentred(
  found: CandidateList,
  score: number,
  classId: number,
  data: Float32Array,
  at: number,
  { width, height }: NetworkSize,
): void {
  const [x, y] = [data[at]! * width, data[at + 1]! * height]
  const [halfWidth, halfHeight] = [(data[at + 2]! * width) / 2, (data[at + 3]! * height) / 2]
  found.add(score, classId, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight)
}
