import type { Box, DetectedBox } from './detection'
import { intersectionOverUnion } from './detection-boxes'
import type { TruthLabel } from './detection-truth'

// Which detection found which label, as pycocotools decides it (COCOeval.evaluateImg).

/** What a detection counts as at one IoU threshold. */
export const verdicts = { wrong: 0, right: 1, ignored: 2 } as const

/** Pixels from and to which areas count; both ends belong to the range. */
export type AreaRange = readonly [from: number, to: number]

/** Detections and labels of one class in one picture. */
export interface ClassInPicture {
  /** The best first. */
  readonly detections: readonly DetectedBox[]
  readonly labels: readonly TruthLabel[]
  /** IoU of each detection with each label, row by row. */
  readonly overlaps: Float64Array
}

/** A label of a group counts as found as far as the detection lies in it. */
function overlapWith(detection: Box, { box, crowd }: TruthLabel): number {
  if (!crowd) return intersectionOverUnion(detection, box)
  const width = Math.min(detection[2], box[2]) - Math.max(detection[0], box[0])
  const height = Math.min(detection[3], box[3]) - Math.max(detection[1], box[1])
  const area = areaOf(detection)
  return width > 0 && height > 0 && area > 0 ? (width * height) / area : 0
}

export function areaOf(box: Box): number {
  return Math.max(0, box[2] - box[0]) * Math.max(0, box[3] - box[1])
}

export function classInPicture(detections: readonly DetectedBox[], labels: readonly TruthLabel[]): ClassInPicture {
  const best = [...detections].sort((a, b) => b.score - a.score)
  const overlaps = new Float64Array(best.length * labels.length)
  best.forEach(({ box }, row) => {
    labels.forEach((label, column) => {
      overlaps[row * labels.length + column] = overlapWith(box, label)
    })
  })
  return { detections: best, labels, overlaps }
}

export interface Matching {
  /** Labels that ought to be found. */
  readonly wanted: number
  /** A verdict for each detection, one row for each threshold. */
  readonly verdicts: readonly Uint8Array[]
  /** The label that a detection was matched to, or -1; rows as above. */
  readonly labels: readonly Int32Array[]
}

/**
 * Each detection, the best first, takes the free label that it overlaps most, from the threshold on; labels outside the area range and
 * groups are taken only where nothing else is left, and such a match counts neither way. A detection without a label that lies outside
 * the range does not count either.
 */
export function matchLabels(part: ClassInPicture, range: AreaRange, thresholds: readonly number[]): Matching {
  const { detections, labels } = part
  const isOutside = (area: number): boolean => area < range[0] || area > range[1]
  const ignored = labels.map(({ crowd, area }) => crowd || isOutside(area))
  const places = labels.map((_, index) => index)
  const order = [...places.filter((index) => !ignored[index]), ...places.filter((index) => ignored[index])]
  const outside = detections.map(({ box }) => isOutside(areaOf(box)))
  const rows = thresholds.map((threshold) => {
    const taken = new Uint8Array(labels.length)
    const verdict = new Uint8Array(detections.length)
    const found = new Int32Array(detections.length).fill(-1)
    for (let row = 0; row < detections.length; row++) {
      const label = bestLabel(part, row, threshold, { order, ignored, taken })
      found[row] = label
      if (label >= 0) taken[label] = 1
      const counts = label >= 0 ? !ignored[label] : !outside[row]
      verdict[row] = !counts ? verdicts.ignored : label >= 0 ? verdicts.right : verdicts.wrong
    }
    return { verdict, found }
  })
  return {
    wanted: ignored.filter((isIgnored) => !isIgnored).length,
    verdicts: rows.map(({ verdict }) => verdict),
    labels: rows.map(({ found }) => found),
  }
}

interface Labels {
  /** Those that count first. */
  readonly order: readonly number[]
  readonly ignored: readonly boolean[]
  readonly taken: Uint8Array
}

/** @returns -1 where no label is left */
function bestLabel({ labels, overlaps }: ClassInPicture, row: number, threshold: number, state: Labels): number {
  // The last bit, so that an IoU of just the threshold is enough.
  let least = Math.min(threshold, 1 - 1e-10)
  let best = -1
  for (const index of state.order) {
    if (state.taken[index] === 1 && !labels[index]!.crowd) continue
    if (best >= 0 && !state.ignored[best] && state.ignored[index]) break
    const overlap = overlaps[row * labels.length + index]!
    if (overlap < least) continue
    least = overlap
    best = index
  }
  return best
}
