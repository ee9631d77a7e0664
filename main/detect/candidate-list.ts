import { detectionLimits, type Candidates } from '../../contract/detection'
import type { ToPicture } from './picture-input'

/** Boxes as a decoder finds them, in the network's pixels; the best of them become candidates. */
export class CandidateList {
  readonly #corners: number[] = []
  readonly #scores: number[] = []
  readonly #classIds: number[] = []

  /** Takes a box where its score is high enough to be kept at all. */
  add(score: number, classId: number, left: number, top: number, right: number, bottom: number): void {
    if (!(score > detectionLimits.candidateScore)) return
    this.#corners.push(left, top, right, bottom)
    this.#scores.push(score)
    this.#classIds.push(classId)
  }

  /** The best first (of equal ones that which was added first), in the picture's pixels and cut to it. */
  finish(toPicture: ToPicture): Candidates {
    const scores = this.#scores
    const order = scores.map((_, index) => index).sort((a, b) => scores[b]! - scores[a]!)
    order.length = Math.min(order.length, detectionLimits.candidates)
    const { scaleX, scaleY, offsetX, offsetY, width, height } = toPicture
    const boxes: number[] = []
    // Single precision is what records keep, so it is what everybody sees from the start.
    const place = (value: number, scale: number, offset: number, most: number): void => {
      boxes.push(Math.fround(Math.min(most, Math.max(0, value * scale + offset))))
    }
    for (const index of order) {
      const at = 4 * index
      place(this.#corners[at]!, scaleX, offsetX, width)
      place(this.#corners[at + 1]!, scaleY, offsetY, height)
      place(this.#corners[at + 2]!, scaleX, offsetX, width)
      place(this.#corners[at + 3]!, scaleY, offsetY, height)
    }
    return {
      boxes,
      scores: order.map((index) => Math.fround(scores[index]!)),
      classIds: order.map((index) => this.#classIds[index]!),
    }
  }
}
