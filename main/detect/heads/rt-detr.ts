import type { CandidateList } from '../candidate-list'
import type { FloatOutput } from '../float-output'
import type { Size } from '../picture-input'
import { addCentred } from './centred-box'

/**
 * RT-DETR, D-FINE and other DETRs with focal loss: a sigmoid for each class of each query and no background; of all these pairs the best
 * count. A query may answer with several classes.
 * Source: transformers, post_process_object_detection of RTDetrImageProcessor and, with 100 pairs, of ConditionalDetrImageProcessor.
 * @param logits [1, queries, classes]
 * @param boxes [1, queries, 4]: centre, width and height as shares of the picture
 * @param most pairs that count; as many as there are queries where absent
 */
export function readRtDetr(
  logits: FloatOutput,
  boxes: FloatOutput,
  size: Size,
  found: CandidateList,
  most?: number,
): void {
  const [, queries = 0, classes = 0] = logits.shape
  const pairs = Array.from({ length: queries * classes }, (_, pair) => pair)
  pairs.sort((a, b) => logits.data[b]! - logits.data[a]!)
  for (const pair of pairs.slice(0, most ?? queries)) {
    const score = 1 / (1 + Math.exp(-logits.data[pair]!))
    addCentred(found, score, pair % classes, boxes.data, 4 * Math.floor(pair / classes), size)
  }
}
