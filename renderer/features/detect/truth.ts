import { evaluateDetections, judgeBoxes, type JudgedBox } from '../../../contract/detection-metrics'
import { filterCandidates } from '../../../contract/detection-boxes'
import { filterSchema } from '../../../contract/detection'
import type { DetectionEvaluation } from '../../../contract/detection-evaluation'
import { labelsOf, parseCocoTruth, type TruthLabel } from '../../../contract/detection-truth'
import { plural } from '../../ui/format'
import { showToast } from '../../ui/toaster'
import type { DetectFeature } from './feature'
import { factsOnStage } from './selectors'
import { noTruth } from './truth-store'

/** Reads labels in COCO's JSON, and shows what the detector got right of them. */
export async function importTruth({ truth, view, studio }: DetectFeature, file: File): Promise<void> {
  try {
    const read = parseCocoTruth(readJson(await file.text()))
    truth.setState({ ...noTruth, iou: truth.getState().iou, file, truth: read })
    view.setState({ sideTab: 'truth' })
    const labels = read.pictures.reduce((sum, picture) => sum + picture.labels.length, 0)
    showToast({
      tone: 'ok',
      text: `${file.name} read`,
      detail: `${plural(labels, 'label')} on ${plural(read.pictures.length, 'picture')}`,
    })
  } catch (error) {
    const failure = studio.report(`Reading ${file.name}`, error)
    showToast({
      tone: 'fail',
      text: `${file.name}: ${failure.message}`,
      ...(failure.remedy ? { detail: failure.remedy } : {}),
    })
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The reader of labels says what it would have wanted.
    return null
  }
}

export function forgetTruth({ truth }: DetectFeature): void {
  truth.setState(noTruth)
}

export interface Judged {
  readonly labels: readonly TruthLabel[]
  /** A verdict for each box that is shown, in their order. */
  readonly boxes: readonly JudgedBox[]
  /** Places of labels that no box has found. */
  readonly missed: readonly number[]
}

/** The boxes on the stage held against its labels; null where it has none. */
export function judgedBoxes(feature: DetectFeature): Judged | null {
  const labels = labelsOnStage(feature)
  if (labels === null) return null
  const { detections, missed } = judgeBoxes(feature.boxes.shown(), labels, feature.truth.getState().iou)
  return { labels, boxes: detections, missed }
}

function labelsOnStage(feature: DetectFeature): readonly TruthLabel[] | null {
  const { truth } = feature.truth.getState()
  const { picture } = feature.stage.getState()
  const facts = factsOnStage(feature)
  if (truth === null || picture === null || facts === null) return null
  return labelsOf(truth, picture.name, facts.classes)
}

/** COCO's table for the one picture on the stage, from all its candidates whatever the threshold says. */
export function evaluatePicture(feature: DetectFeature): DetectionEvaluation | null {
  const labels = labelsOnStage(feature)
  const { looked } = feature.stage.getState()
  const facts = factsOnStage(feature)
  if (labels === null || looked === null || facts === null) return null
  const { overlap, suppression, acrossClasses } = feature.form.getState().filter
  const filter = filterSchema.parse({ score: 0, overlap, suppression, acrossClasses })
  return evaluateDetections([{ detections: filterCandidates(looked.result.candidates, filter), labels }], facts.classes)
}

/** Holds the whole folder run against the labels. */
export async function evaluateRun(feature: DetectFeature): Promise<void> {
  const { truth, list, studio } = feature
  const { file } = truth.getState()
  const { run } = list.store.getState()
  if (file === null || run === null) return
  truth.setState({ isEvaluating: true, failure: null })
  try {
    const table = await studio.client.detection.evaluate({ runId: run.id, truth: file })
    truth.setState({ evaluation: { runId: run.id, table }, isEvaluating: false })
  } catch (error) {
    truth.setState({ failure: studio.report('Evaluating', error), isEvaluating: false })
  }
}
