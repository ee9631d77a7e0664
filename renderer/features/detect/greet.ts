import { detectPicture, openDetection } from './actions'
import type { DetectFeature } from './feature'
import { lastShown } from './last-shown'
import { showFirst } from './run-actions'
import { currentModel } from './selectors'

/** Shows what was on the stage before; else the newest picture; on the very first visit a bundled scene, looked at at once. */
export async function greet(feature: DetectFeature): Promise<void> {
  const { list, stage, examples, video, studio } = feature
  await examples.load()
  const last = lastShown()
  await list.open(stage.getState().picture === null ? (last?.runId ?? null) : (list.store.getState().run?.id ?? null))
  const isTaken = () => {
    const { picture, asked, reading } = stage.getState()
    const { kind, isOpening } = video.store.getState()
    return picture !== null || asked !== null || reading !== null || kind !== null || isOpening
  }
  if (isTaken() || studio.parcels.getState().parcel !== null) return
  if (last?.detectionId != null) await openDetection(feature, { id: last.detectionId })
  if (!isTaken()) await showFirst(feature)
  const { pictures, isLoaded, failure, run } = list.store.getState()
  const [scene] = examples.store.getState().examples
  const isFirstVisit = isLoaded && failure === null && run === null && pictures.length === 0
  if (!isTaken() && isFirstVisit && scene !== undefined && currentModel(feature) !== null)
    await detectPicture(feature, scene)
}
