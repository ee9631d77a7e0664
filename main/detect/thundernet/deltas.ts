export interface DeltaCoding {
  /** What deltas are multiplied with: of x, y, width, height. */
  readonly stds: readonly [number, number, number, number]
  /** The most that a logarithm of a size may grow: log(1000 / 16) in every port. */
  readonly limit: number
  /** Pixels that boxes are cut to. */
  readonly width: number
  readonly height: number
}

/**
 * Moves a box by what the network says: x by dx widths, y by dy heights, the sizes by exp(dw) and exp(dh). Widths are right - left, without
 * the "+1" of old ports.
 * @param box four numbers from `at` on: left, top, right, bottom
 * @param write takes the four numbers of the result, cut to the picture
 */
export function decodeDelta(
  boxes: ArrayLike<number>,
  at: number,
  [dx, dy, dw, dh]: readonly [number, number, number, number],
  { stds, limit, width, height }: DeltaCoding,
  write: (left: number, top: number, right: number, bottom: number) => void,
): void {
  const [left, top] = [boxes[at]!, boxes[at + 1]!]
  const [oldWidth, oldHeight] = [boxes[at + 2]! - left, boxes[at + 3]! - top]
  const x = left + oldWidth / 2 + dx * stds[0] * oldWidth
  const y = top + oldHeight / 2 + dy * stds[1] * oldHeight
  const halfWidth = (oldWidth * Math.exp(Math.min(dw * stds[2], limit))) / 2
  const halfHeight = (oldHeight * Math.exp(Math.min(dh * stds[3], limit))) / 2
  const cut = (value: number, most: number): number => Math.min(most, Math.max(0, value))
  write(cut(x - halfWidth, width), cut(y - halfHeight, height), cut(x + halfWidth, width), cut(y + halfHeight, height))
}
