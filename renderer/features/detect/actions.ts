import type { StoreApi } from 'zustand'
import type { Detection, DetectionSummary } from '../../../contract/detection'
import type { AssetId, DetectionId, ModelId } from '../../../contract/ids'
import { announce } from '../../ui/live-region'
import { showToast } from '../../ui/toaster'
import type { DetectFeature } from './feature'
import { rememberShown } from './last-shown'
import { countWords, currentModel, detectorModels, isReady } from './selectors'
import { emptyStage, type StagePicture } from './stage-store'
import { forgetPicture } from './view-store'

/** A form without a usable detector takes the first that is ready. */
export function settleModel(feature: DetectFeature): void {
  if (currentModel(feature) !== null) return
  const ready = detectorModels(feature.studio.models.getState().models).find(isReady)
  if (ready !== undefined) takeModel(feature, ready.id)
}

/** Chooses a model, with the sliders where it is at its best, and lets it look at what is on the stage. */
export function chooseModel(feature: DetectFeature, modelId: ModelId): void {
  if (feature.form.getState().modelId === modelId) return
  takeModel(feature, modelId)
  void detectAgain(feature)
}

export function choosePrecision(feature: DetectFeature, precision: string): void {
  feature.form.setState({ precision })
  void detectAgain(feature)
}

function takeModel({ form, studio }: DetectFeature, modelId: ModelId): void {
  const model = detectorModels(studio.models.getState().models).find(({ id }) => id === modelId)
  if (model === undefined) return
  const { defaults, suppression, defaultPrecision } = model.detector
  form.setState(({ filter }) => ({
    modelId,
    precision: defaultPrecision,
    filter: { ...filter, ...defaults, suppression: suppression ? 'hard' : 'none' },
  }))
}

export interface NewPicture {
  readonly assetId: AssetId
  readonly name: string
  readonly width: number | null
  readonly height: number | null
}

/** Puts a picture on the stage and lets the chosen model look at it. */
export async function detectPicture(feature: DetectFeature, picture: NewPicture): Promise<void> {
  const { stage, studio, form, list } = feature
  const model = currentModel(feature)
  feature.video.close()
  forgetPicture(feature.view)
  const shown: StagePicture = { ...picture, detectionId: null, runId: null }
  stage.setState({ ...emptyStage, picture: shown, isRunning: model !== null })
  if (model === null) return
  const precision = form.getState().precision ?? model.detector.defaultPrecision
  try {
    const { assetId, name } = picture
    const detection = await studio.client.detection.detect({ modelId: model.id, precision, assetId, name })
    if (stage.getState().picture !== shown) return
    show(feature, detection)
    tellCount(feature)
    if (list.store.getState().run !== null) await list.open(null)
    else await list.refresh()
  } catch (error) {
    const failure = studio.report(`Looking at ${picture.name}`, error)
    if (stage.getState().picture === shown) stage.setState({ isRunning: false, failure })
  }
}

/** Looks at the picture on the stage once more, as with another model. */
export async function detectAgain(feature: DetectFeature): Promise<void> {
  const { picture } = feature.stage.getState()
  if (picture === null || picture.assetId === null) return
  const { viewport } = feature.view.getState()
  const done = detectPicture(feature, { ...picture, assetId: picture.assetId })
  feature.view.setState({ viewport })
  await done
}

/** Puts a filed picture on the stage, with what was found in it then. */
export async function openDetection(feature: DetectFeature, summary: Pick<DetectionSummary, 'id'>): Promise<void> {
  const { stage, studio } = feature
  if (stage.getState().picture?.detectionId === summary.id) return
  stage.setState({ asked: summary.id })
  try {
    const detection = await studio.client.detection.get({ detectionId: summary.id })
    const assetId = detection.assetId ?? (await pictureOf(feature, detection.id))
    if (stage.getState().asked !== summary.id) return
    feature.video.close()
    forgetPicture(feature.view)
    show(feature, { ...detection, assetId })
    tellCount(feature)
  } catch (error) {
    const failure = studio.report('Opening a picture', error)
    showToast({ tone: 'fail', text: failure.message, ...(failure.remedy ? { detail: failure.remedy } : {}) })
  }
}

/** The picture of a folder, fetched when it is looked at; null where the file is gone or cannot be read. */
async function pictureOf({ studio }: DetectFeature, detectionId: DetectionId): Promise<AssetId | null> {
  try {
    return (await studio.client.detection.picture({ detectionId })).assetId
  } catch (error) {
    studio.report('Reading a picture of the folder', error)
    return null
  }
}

function show({ stage }: DetectFeature, detection: Detection): void {
  const { outcome, id, runId, name, assetId, modelId, modelName } = detection
  const result = outcome.kind === 'done' ? outcome.result : null
  const size = stage.getState().picture
  const isSame = size?.assetId === assetId
  stage.setState({
    ...emptyStage,
    picture: {
      detectionId: id,
      runId,
      name,
      assetId,
      width: result?.width ?? (isSame ? size?.width : null) ?? null,
      height: result?.height ?? (isSame ? size?.height : null) ?? null,
    },
    looked: result === null ? null : { modelId, modelName, result },
    failure: outcome.kind === 'failed' ? outcome.failure : null,
  })
  rememberShown({ detectionId: id, runId })
}

/** "14 objects in 12 classes", for those who hear it. */
export function tellCount({ boxes, stage }: DetectFeature): void {
  const { picture, looked } = stage.getState()
  if (picture === null || looked === null) return
  const { objects, classes } = countWords(boxes.shown())
  announce(boxes.shown().length === 0 ? `${picture.name}: nothing found` : `${picture.name}: ${objects} ${classes}`)
}

/** Goes to the next or the previous picture of the strip. */
export async function walkPictures(feature: DetectFeature, direction: 1 | -1): Promise<void> {
  const { pictures } = feature.list.store.getState()
  const { asked, picture } = feature.stage.getState()
  const current = pictures.findIndex((one) => one !== undefined && one.id === (asked ?? picture?.detectionId))
  await openPlace(feature, current < 0 ? 0 : current + direction)
}

/** Goes to a picture of the strip by its place, which may not have been in sight yet. */
export async function openPlace(feature: DetectFeature, place: number): Promise<void> {
  const { list } = feature
  const runId = list.store.getState().run?.id
  for (;;) {
    const { pictures, run } = list.store.getState()
    if (place < 0 || place >= pictures.length || run?.id !== runId) return
    const picture = pictures[place]
    if (picture !== undefined) return openDetection(feature, picture)
    // An answer is dropped when the list is read anew meanwhile, as it is when a run ends: then it is asked for again.
    const wasAsked = await list.reach(place, place)
    if (list.store.getState().failure !== null) return
    if (!wasAsked) await changeOf(list.store)
  }
}

function changeOf(store: StoreApi<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.subscribe(() => {
      stop()
      resolve()
    })
  })
}

/** Takes a picture off the list, goes on to its neighbour, and offers the way back. */
export function removePicture(feature: DetectFeature, id: DetectionId): void {
  const { list, stage, studio } = feature
  const { pictures } = list.store.getState()
  const index = pictures.findIndex((one) => one?.id === id)
  const removed = pictures[index]
  if (removed === undefined) return
  const neighbour = pictures[index + 1] ?? pictures[index - 1]
  const wasShown = stage.getState().picture?.detectionId === id
  const putBack = list.remove(id)
  if (wasShown) {
    if (neighbour === undefined) clearStage(feature)
    else void openDetection(feature, neighbour)
  }
  const entry = {
    what: '1 picture taken off',
    undo() {
      putBack()
      if (wasShown) void openDetection(feature, removed)
    },
  }
  studio.undo.push(entry)
  showToast({
    text: '1 picture taken off',
    detail: 'kept for 30 days',
    action: { label: 'Undo', keys: '$mod+z', run: () => studio.undo.undo(entry) },
  })
}

export function clearStage(feature: DetectFeature): void {
  feature.video.close()
  feature.stage.setState(emptyStage)
  forgetPicture(feature.view)
  rememberShown(null)
}
