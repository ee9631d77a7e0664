import type { CandidateList } from '../candidate-list'
import type { FloatOutput } from '../float-output'
import type { Size } from '../picture-input'

/** Pixels between the cells of the three grids, one after the other in the output. */
export const yoloxStrides = [8, 16, 32] as const

/**
 * YOLOX as its exporter leaves it: offsets within each cell and logarithms of sizes, objectness and class scores through a sigmoid already.
 * Source: YOLOX, demo_postprocess and postprocess.
 * @param output [1, cells of all grids, 5 + classes]: x, y, width, height, objectness, then the classes
 */
export function readYolox({ shape, data }: FloatOutput, size: Size, found: CandidateList): void {
  const columns = shape[2] ?? 0
  let at = 0
  for (const stride of yoloxStrides) {
    const [across, down] = [Math.floor(size.width / stride), Math.floor(size.height / stride)]
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++, at += columns) {
        let [best, score] = [0, data[at + 5]!]
        for (let column = 6; column < columns; column++) {
          if (data[at + column]! > score) [best, score] = [column - 5, data[at + column]!]
        }
        const [centreX, centreY] = [(data[at]! + x) * stride, (data[at + 1]! + y) * stride]
        const halfWidth = (Math.exp(data[at + 2]!) * stride) / 2
        const halfHeight = (Math.exp(data[at + 3]!) * stride) / 2
        const corners = [centreX - halfWidth, centreY - halfHeight, centreX + halfWidth, centreY + halfHeight] as const
        found.add(data[at + 4]! * score, best, ...corners)
      }
    }
  }
}
