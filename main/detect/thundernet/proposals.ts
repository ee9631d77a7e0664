import { filterCandidates } from '../../../contract/detection-boxes'
import type { FloatOutput } from '../float-output'
import type { DeltaCoding } from './deltas'
import { decodeDelta } from './deltas'

export interface Proposals {
  /** [count, 4]: left, top, right, bottom in the network's pixels, the best first. */
  readonly boxes: Float32Array
  /** Probabilities. */
  readonly scores: Float32Array
}

export interface ProposalRule {
  /** Anchors that are looked at, the best. */
  readonly topBeforeNms: number
  /** IoU above which the weaker of two proposals goes. */
  readonly nmsThreshold: number
  readonly topAfterNms: number
}

/**
 * What the first stage proposes: the best anchors moved as it says, those over better ones taken away.
 * @param logits [1, shapes, rows, columns]
 * @param deltas [1, 4 * shapes, rows, columns], the four of a shape beside each other
 * @param anchors as makeAnchors gives them
 */
export function proposalsOf(
  logits: FloatOutput,
  deltas: FloatOutput,
  anchors: Float64Array,
  coding: DeltaCoding,
  rule: ProposalRule,
): Proposals {
  const [, shapes = 0, rows = 0, columns = 0] = logits.shape
  const plane = rows * columns
  const byAnchor = (anchor: number): number => logits.data[(anchor % shapes) * plane + Math.floor(anchor / shapes)]!
  const scores = Float32Array.from({ length: shapes * plane }, (_, anchor) => byAnchor(anchor))
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!)
  const best = order.slice(0, rule.topBeforeNms)
  const boxes = new Float32Array(4 * best.length)
  best.forEach((anchor, place) => {
    const first = 4 * (anchor % shapes) * plane + Math.floor(anchor / shapes)
    const { data } = deltas
    const delta = [data[first]!, data[first + plane]!, data[first + 2 * plane]!, data[first + 3 * plane]!] as const
    decodeDelta(anchors, 4 * anchor, delta, coding, (...corners) => boxes.set(corners, 4 * place))
  })
  const candidates = {
    boxes: Array.from(boxes),
    scores: best.map((anchor) => 1 / (1 + Math.exp(-scores[anchor]!))),
    classIds: best.map(() => 0),
  }
  const { nmsThreshold: overlap, topAfterNms: limit } = rule
  const kept = filterCandidates(candidates, { score: 0, overlap, suppression: 'hard', acrossClasses: true, limit })
  return {
    boxes: Float32Array.from(kept.flatMap(({ box }) => box)),
    scores: Float32Array.from(kept, ({ score }) => score),
  }
}
