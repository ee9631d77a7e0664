import type { CandidateList } from '../candidate-list'
import type { FloatOutput } from '../float-output'
import type { Size } from '../picture-input'
import { addCentred } from './centred-box'

/**
 * DETR and YOLOS: every query answers with one class. Softmax over classes and, last, "no object", which is left out.
 * Source: transformers, DetrImageProcessor.post_process_object_detection.
 * @param logits [1, queries, classes + 1]
 * @param boxes [1, queries, 4]: centre, width and height as shares of the picture
 */
export function readDetr(logits: FloatOutput, boxes: FloatOutput, size: Size, found: CandidateList): void {
  const [, queries = 0, columns = 0] = logits.shape
  for (let query = 0; query < queries; query++) {
    const row = logits.data.subarray(query * columns, (query + 1) * columns)
    let best = 0
    for (let column = 1; column < columns - 1; column++) if (row[column]! > row[best]!) best = column
    const most = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    const sum = row.reduce((total, logit) => total + Math.exp(logit - most), 0)
    addCentred(found, Math.exp(row[best]! - most) / sum, best, boxes.data, 4 * query, size)
  }
}
