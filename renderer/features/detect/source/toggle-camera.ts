import { clearStage } from '../actions'
import type { DetectFeature } from '../feature'

/** Looks through the camera, or switches it off. */
export function toggleCamera(feature: DetectFeature): void {
  if (feature.video.store.getState().kind === 'camera') clearStage(feature)
  else void feature.video.openCamera()
}
