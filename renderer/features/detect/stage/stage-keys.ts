import type { KeyboardEvent } from 'react'
import { walkPictures } from '../actions'
import type { DetectFeature } from '../feature'
import { walkBoxes } from '../walk-boxes'

/** Keys of the focused stage: left and right walk through the pictures, up and down through the boxes. */
export function handleStageKey(feature: DetectFeature, event: KeyboardEvent): boolean {
  if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false
  switch (event.key) {
    case 'ArrowLeft':
      void walkPictures(feature, -1)
      return true
    case 'ArrowRight':
      void walkPictures(feature, 1)
      return true
    case 'ArrowUp':
      walkBoxes(feature, -1)
      return true
    case 'ArrowDown':
      walkBoxes(feature, 1)
      return true
    default:
      return false
  }
}
