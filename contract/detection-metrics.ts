import { StudioError } from './errors'
import { detectionLimits, type DetectedBox, type DetectorClass } from './detection'
import type { DetectionEvaluation, EvaluationArea, PrecisionCurve } from './detection-evaluation'
import { classInPicture, matchLabels, verdicts, type AreaRange, type ClassInPicture } from './detection-matching'
import { findByFileName, labelsOfPicture, unknownClasses, type CocoTruth, type TruthLabel } from './detection-truth'
import { vocAveragePrecision } from './detection-voc'

// Average precision and recall with the figures of pycocotools (COCOeval.accumulate and summarize).

/** What was found in one picture and what is there. */
export interface JudgedPicture {
  readonly detections: readonly DetectedBox[]
  readonly labels: readonly TruthLabel[]
}

/** numpy's linspace(0.5, 0.95, 10), to the last bit. */
export const cocoThresholds: readonly number[] = Array.from({ length: 10 }, (_, index) =>
  index === 9 ? 0.95 : 0.5 + index * ((0.95 - 0.5) / 9),
)
const recalls = Array.from({ length: 101 }, (_, index) => index * 0.01)
const areaRanges: Readonly<Record<EvaluationArea, AreaRange>> = {
  all: [0, 1e10],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e10],
}
const most = detectionLimits.detections
const [at50, at75] = [0, 5]

/** One class under one area range and one limit of boxes a picture. */
interface ClassFigures {
  readonly wanted: number
  /** By threshold: precision and score at each recall, and the recall reached. */
  readonly precision: readonly Float64Array[]
  readonly scores: readonly Float64Array[]
  readonly recall: readonly number[]
}

/**
 * COCO's and VOC's figures. Pictures count in the order in which they come where detections of several have one score; pycocotools takes
 * that of their ids. Labels of classes that are not in the list count as missed.
 */
export function evaluateDetections(
  pictures: readonly JudgedPicture[],
  classes: readonly DetectorClass[],
): DetectionEvaluation {
  const all = withUnknown(classes, pictures)
  const parts = partsByClass(pictures)
  const partsOf = ({ id }: DetectorClass): readonly ClassInPicture[] => parts.get(id) ?? []
  const figures = (area: EvaluationArea, limit: number): ClassFigures[] =>
    all.map((one) => figuresOf(partsOf(one), areaRanges[area], limit))
  const byArea = {
    all: figures('all', most),
    small: figures('small', most),
    medium: figures('medium', most),
    large: figures('large', most),
  }
  const precision = (area: EvaluationArea, threshold?: number): number | null => meanPrecision(byArea[area], threshold)
  const voc = all.map((one) => vocAveragePrecision(partsOf(one)))
  return {
    pictures: pictures.length,
    labels: pictures.reduce((sum, { labels }) => sum + labels.length, 0),
    unmatched: { truth: [], run: [] },
    unknownClasses: [],
    averagePrecision: {
      all: precision('all'),
      at50: precision('all', at50),
      at75: precision('all', at75),
      small: precision('small'),
      medium: precision('medium'),
      large: precision('large'),
    },
    averageRecall: {
      at1: meanRecall(figures('all', 1)),
      at10: meanRecall(figures('all', 10)),
      at100: meanRecall(byArea.all),
      small: meanRecall(byArea.small),
      medium: meanRecall(byArea.medium),
      large: meanRecall(byArea.large),
    },
    voc: { voc07: mean(voc.map((one) => one?.voc07)), voc10: mean(voc.map((one) => one?.voc10)) },
    classes: all.map(({ id, name }, index) => ({
      classId: id,
      name,
      labels: partsOf(all[index]!).reduce((sum, { labels }) => sum + labels.length, 0),
      averagePrecision: meanPrecision([byArea.all[index]!]),
      at50: meanPrecision([byArea.all[index]!], at50),
    })),
    curves: [at50, at75].flatMap((threshold) => curvesAt(all, byArea.all, threshold)),
  }
}

/**
 * Holds what was found in pictures against labels, by file name. Pictures that only one side has are left out and named.
 * @throws StudioError INVALID_INPUT where no picture has labels
 */
export function evaluateAgainst(
  truth: CocoTruth,
  found: readonly { readonly name: string; readonly detections: readonly DetectedBox[] }[],
  classes: readonly DetectorClass[],
): DetectionEvaluation {
  const findFound = findByFileName(found, ({ name }) => name)
  const isUsed = new Set<unknown>()
  const missing: string[] = []
  const pictures = truth.pictures.flatMap((picture): JudgedPicture[] => {
    const one = findFound(picture.name)
    if (one === null || isUsed.has(one)) {
      missing.push(picture.name)
      return []
    }
    isUsed.add(one)
    return [{ detections: one.detections, labels: labelsOfPicture(picture, classes) }]
  })
  if (pictures.length === 0) {
    throw new StudioError('INVALID_INPUT', 'The labels are of none of these pictures', {
      field: 'truth',
      remedy: `Their file names must be the same: the labels name ${missing[0] ?? 'none'}, the pictures ${found[0]?.name ?? 'none'}.`,
    })
  }
  return {
    ...evaluateDetections(pictures, classes),
    unmatched: { truth: missing, run: found.filter((one) => !isUsed.has(one)).map(({ name }) => name) },
    unknownClasses: unknownClasses(truth, classes),
  }
}

/** The classes, and those of labels that are not among them. */
function withUnknown(classes: readonly DetectorClass[], pictures: readonly JudgedPicture[]): readonly DetectorClass[] {
  const known = new Map(classes.map((one) => [one.id, one]))
  for (const { labels } of pictures) {
    for (const { classId, className } of labels) {
      if (!known.has(classId)) known.set(classId, { id: classId, name: className })
    }
  }
  return [...known.values()]
}

function partsByClass(pictures: readonly JudgedPicture[]): Map<number, ClassInPicture[]> {
  const parts = new Map<number, ClassInPicture[]>()
  for (const { detections, labels } of pictures) {
    const groups = new Map<number, { detections: DetectedBox[]; labels: TruthLabel[] }>()
    const groupOf = (classId: number) => {
      let group = groups.get(classId)
      if (group === undefined) groups.set(classId, (group = { detections: [], labels: [] }))
      return group
    }
    for (const detection of detections) groupOf(detection.classId).detections.push(detection)
    for (const label of labels) groupOf(label.classId).labels.push(label)
    for (const [classId, group] of groups) {
      const part = classInPicture(group.detections, group.labels)
      const known = parts.get(classId)
      if (known === undefined) parts.set(classId, [part])
      else known.push(part)
    }
  }
  return parts
}

function figuresOf(parts: readonly ClassInPicture[], range: AreaRange, limit: number): ClassFigures {
  const matchings = parts.map((part) => matchLabels(part, range, cocoThresholds))
  const wanted = matchings.reduce((sum, matching) => sum + matching.wanted, 0)
  // Places of the detections, those of all pictures in one row, the best first.
  const found = parts.flatMap(({ detections }, part) =>
    detections.slice(0, limit).map(({ score }, place) => ({ score, part, place })),
  )
  found.sort((a, b) => b.score - a.score)
  const rows = cocoThresholds.map((_, threshold) => {
    const row = found.map(({ part, place }) => matchings[part]!.verdicts[threshold]![place]!)
    return curveOf(
      row,
      found.map(({ score }) => score),
      wanted,
    )
  })
  return {
    wanted,
    precision: rows.map(({ precision }) => precision),
    scores: rows.map(({ scores }) => scores),
    recall: rows.map(({ recall }) => recall),
  }
}

/** Precision at COCO's 101 recalls: the best that is reached at that recall or a higher one, 0 beyond the last. */
function curveOf(
  row: readonly number[],
  scoresOf: readonly number[],
  wanted: number,
): { precision: Float64Array; scores: Float64Array; recall: number } {
  const reached = new Float64Array(row.length)
  const best = new Float64Array(row.length)
  let [right, wrong] = [0, 0]
  row.forEach((verdict, place) => {
    if (verdict === verdicts.right) right += 1
    else if (verdict === verdicts.wrong) wrong += 1
    reached[place] = right / wanted
    best[place] = right / (right + wrong + Number.EPSILON)
  })
  for (let place = best.length - 1; place > 0; place--) best[place - 1] = Math.max(best[place - 1]!, best[place]!)
  const precision = new Float64Array(recalls.length)
  const scores = new Float64Array(recalls.length)
  let place = 0
  recalls.forEach((recall, index) => {
    while (place < reached.length && reached[place]! < recall) place += 1
    if (place === reached.length) return
    precision[index] = best[place]!
    scores[index] = scoresOf[place]!
  })
  return { precision, scores, recall: row.length === 0 ? 0 : right / wanted }
}

/** Mean over classes that have labels, over recalls, and over thresholds unless one is named. */
function meanPrecision(figures: readonly ClassFigures[], threshold?: number): number | null {
  const counted = figures.filter(({ wanted }) => wanted > 0)
  const rows = counted.flatMap(({ precision }) => (threshold === undefined ? precision : [precision[threshold]!]))
  return mean(rows.map((row) => row.reduce((sum, value) => sum + value, 0) / row.length))
}

function meanRecall(figures: readonly ClassFigures[]): number | null {
  return mean(figures.filter(({ wanted }) => wanted > 0).flatMap(({ recall }) => recall))
}

/** Mean of what there is; null of nothing. */
function mean(values: readonly (number | null | undefined)[]): number | null {
  const there = values.filter((value) => value !== null && value !== undefined)
  return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0) / there.length
}

/** The mean over classes first, then each class. */
function curvesAt(
  classes: readonly DetectorClass[],
  figures: readonly ClassFigures[],
  threshold: number,
): PrecisionCurve[] {
  const iou = threshold === at50 ? 0.5 : 0.75
  const counted = figures.filter(({ wanted }) => wanted > 0)
  const average = (rows: readonly Float64Array[]): number[] =>
    rows.length === 0 ? [] : recalls.map((_, index) => mean(rows.map((row) => row[index]!)) ?? 0)
  const whole: PrecisionCurve = {
    classId: null,
    iou,
    precision: average(counted.map(({ precision }) => precision[threshold]!)),
    scores: average(counted.map(({ scores }) => scores[threshold]!)),
  }
  const each = classes.map(({ id }, index): PrecisionCurve => {
    const { wanted, precision, scores } = figures[index]!
    if (wanted === 0) return { classId: id, iou, precision: [], scores: [] }
    return { classId: id, iou, precision: [...precision[threshold]!], scores: [...scores[threshold]!] }
  })
  return [whole, ...each]
}

/** A detection held against the labels. */
export interface JudgedBox {
  readonly verdict: keyof typeof verdicts
  /** Place of the label that it found; null where it found none. */
  readonly label: number | null
}

/** Which detections of a picture are right, and which labels nobody found, at one IoU threshold. */
export function judgeBoxes(
  detections: readonly DetectedBox[],
  labels: readonly TruthLabel[],
  iou: number,
): { readonly detections: readonly JudgedBox[]; /** Places of labels. */ readonly missed: readonly number[] } {
  const judged: JudgedBox[] = detections.map(() => ({ verdict: 'wrong', label: null }))
  const isFound = new Set<number>()
  for (const classId of new Set(detections.map((detection) => detection.classId))) {
    const ofClass = (one: { classId: number }): boolean => one.classId === classId
    const sorted = detections.filter(ofClass).sort((a, b) => b.score - a.score)
    const wanted = labels.filter(ofClass)
    const matching = matchLabels(classInPicture(sorted, wanted), areaRanges.all, [iou])
    sorted.forEach((detection, place) => {
      const label = wanted[matching.labels[0]![place]!]
      const found = label === undefined ? null : labels.indexOf(label)
      if (found !== null) isFound.add(found)
      judged[detections.indexOf(detection)] = { verdict: verdictName(matching.verdicts[0]![place]!), label: found }
    })
  }
  const missed = labels.flatMap(({ crowd }, index) => (crowd || isFound.has(index) ? [] : [index]))
  return { detections: judged, missed }
}

function verdictName(verdict: number): JudgedBox['verdict'] {
  return verdict === verdicts.right ? 'right' : verdict === verdicts.wrong ? 'wrong' : 'ignored'
}
