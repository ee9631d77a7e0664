import { matchBoxes } from '../../../contract/detection-boxes'
import type { DetectedBox } from '../../../contract/detection'
import { assetFile } from './asset-file'
import { filterOther } from './boxes'
import type { Rival } from './compare-store'
import type { DetectFeature } from './feature'

/** Lets another model, or another precision, look at the picture on the stage. Nothing is filed. */
export async function compareWith(feature: DetectFeature, rival: Rival | null): Promise<void> {
  const { compare, stage, studio } = feature
  compare.setState({ rival, looked: null, failure: null, isRunning: false })
  const { picture } = stage.getState()
  if (rival === null || picture === null || picture.assetId === null) return
  const { assetId, name } = picture
  compare.setState({ isRunning: true })
  const isWanted = () => compare.getState().rival === rival && stage.getState().picture?.assetId === assetId
  try {
    const file = await assetFile(studio, assetId, name)
    const result = await studio.client.detection.detectFrame({ ...rival, file })
    if (isWanted()) compare.setState({ looked: { assetId, rival, result }, isRunning: false })
  } catch (error) {
    const failure = studio.report('Comparing', error)
    if (isWanted()) compare.setState({ failure, isRunning: false })
  }
}

/** Lets the rival look at each new picture on the stage for as long as there is one. */
export function followCompare(feature: DetectFeature): () => void {
  const { stage, compare } = feature
  return stage.subscribe(({ picture, looked }) => {
    const { rival, looked: seen } = compare.getState()
    const assetId = picture?.assetId ?? null
    if (rival === null || looked === null || assetId === null) return
    if (seen?.assetId !== assetId && !compare.getState().isRunning) void compareWith(feature, rival)
  })
}

export interface ComparedBoxes {
  readonly mine: readonly DetectedBox[]
  readonly others: readonly DetectedBox[]
  readonly pairs: ReturnType<typeof matchBoxes>
}

/** What the two agree on and what only one has seen; null while there is nothing to compare. */
export function comparedBoxes({ compare, stage, boxes, form, view }: DetectFeature): ComparedBoxes | null {
  const { looked, score, iou } = compare.getState()
  const { picture, looked: own } = stage.getState()
  if (looked === null || own === null || looked.assetId !== picture?.assetId) return null
  const { filter } = form.getState()
  const mine = boxes.shown()
  const others = filterOther(looked.result.candidates, { ...filter, score: score ?? filter.score }, view.getState())
  return { mine, others, pairs: matchBoxes(mine, others, iou) }
}
