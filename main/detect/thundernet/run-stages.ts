// ThunderNet in its two parts, with what lies between them done here: anchors, proposals, boxes of the second stage.

import type { Candidates } from '../../../contract/detection'
import { StudioError } from '../../../contract/errors'
import type { GraphSession } from '../../runtime/graph-session'
import { float32 } from '../../tensor/tensor'
import { CandidateList } from '../candidate-list'
import type { ThunderNetSpec } from '../detector-spec'
import { floatOutput, type FloatOutput } from '../float-output'
import { readThunderNet } from '../heads/thundernet'
import type { PreparedPicture } from '../picture-input'
import { makeAnchors } from './anchors'
import { decodeDelta } from './deltas'
import { proposalsOf, type Proposals } from './proposals'

export interface StagesResult {
  readonly candidates: Candidates
  readonly grid: { readonly rows: number; readonly columns: number }
  readonly proposals: Proposals
  /** Mean of the spatial attention, row by row. */
  readonly attention: Float32Array
  /** Milliseconds. */
  readonly timings: { readonly rpn: number; readonly proposals: number; readonly head: number; readonly finish: number }
}

/**
 * Runs both stages.
 * @param most proposals that go on to the second stage; the manifest's number where absent
 * @throws StudioError MODEL_UNSUPPORTED, NOT_FINITE, OUT_OF_MEMORY
 */
export async function runStages(
  sessions: { readonly rpn: GraphSession; readonly head: GraphSession },
  spec: ThunderNetSpec,
  { pixels, toPicture }: PreparedPicture,
  most = spec.proposals.topAfterNms,
): Promise<StagesResult> {
  const clock = [performance.now()]
  const first = await sessions.rpn.run({ image: pixels })
  clock.push(performance.now())
  const logits = floatOutput(first, 'rpn_scores')
  const [, , rows = 0, columns = 0] = logits.shape
  const [, , height = 0, width = 0] = pixels.shape
  const cut = { limit: spec.deltaLimit, width, height }
  const anchors = makeAnchors(spec.anchors, rows, columns)
  const rule = { ...spec.proposals, topAfterNms: most, topBeforeNms: Math.max(most, spec.proposals.topBeforeNms) }
  const deltas = floatOutput(first, 'rpn_deltas')
  const proposals = proposalsOf(logits, deltas, anchors, { stds: spec.rpnStds, ...cut }, rule)
  clock.push(performance.now())
  const features = first['features']
  if (features === undefined) throw new StudioError('MODEL_UNSUPPORTED', 'The first stage gave no features')
  const rois = float32([proposals.scores.length, 4], proposals.boxes)
  const second = await sessions.head.run({ features, rois })
  clock.push(performance.now())
  const found = new CandidateList()
  const boxes = movedBoxes(proposals.boxes, floatOutput(second, 'box_deltas'), { stds: spec.headStds, ...cut })
  readThunderNet(boxes, floatOutput(second, 'class_scores'), spec.background, found)
  const candidates = found.finish(toPicture)
  const span = (part: number): number => (clock[part + 1] ?? performance.now()) - clock[part]!
  return {
    candidates,
    grid: { rows, columns },
    proposals,
    attention: floatOutput(first, 'attention').data,
    timings: { rpn: span(0), proposals: span(1), head: span(2), finish: span(3) },
  }
}

/** Each proposal as the second stage moves it. */
function movedBoxes(rois: Float32Array, deltas: FloatOutput, coding: Parameters<typeof decodeDelta>[3]): FloatOutput {
  const moved = new Float32Array(rois.length)
  for (let at = 0; at < rois.length; at += 4) {
    const { data } = deltas
    const delta = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!] as const
    decodeDelta(rois, at, delta, coding, (...corners) => moved.set(corners, at))
  }
  return { shape: [rois.length / 4, 4], data: moved }
}
