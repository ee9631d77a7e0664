import type { CandidateList } from '../candidate-list'
import type { FloatOutput } from '../float-output'

/**
 * YOLOv8 and those after it without suppression in the graph: boxes are decoded already, scores are probabilities and there is no
 * objectness. Each place answers with its best class.
 * Source: ultralytics, non_max_suppression without multi_label.
 * @param output [1, 4 + classes, places]: centre x, centre y, width, height in the network's pixels, then the classes
 */
export function readYolov8({ shape, data }: FloatOutput, found: CandidateList): void {
  const [, rows = 0, places = 0] = shape
  for (let place = 0; place < places; place++) {
    let [best, score] = [0, data[4 * places + place]!]
    for (let row = 5; row < rows; row++) {
      const other = data[row * places + place]!
      if (other > score) [best, score] = [row - 4, other]
    }
    const [x, y] = [data[place]!, data[places + place]!]
    const [halfWidth, halfHeight] = [data[2 * places + place]! / 2, data[3 * places + place]! / 2]
    found.add(score, best, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight)
  }
}
