import type { KeyboardEvent } from 'react'
import type { ImageRecord } from '../../../contract/images'
import {
  compareWith,
  copyImage,
  cycleCompareMode,
  recallAll,
  recallField,
  removeImage,
  swapCompare,
  toggleCompare,
  toggleStar,
} from './actions'
import type { ImageFeature } from './feature'
import { selectedImage } from './selectors'

/**
 * Single keys that act on the focused picture, in the grid and on the stage. They are never heard in text fields.
 * True where the key meant something.
 */
export function handlePictureKey(feature: ImageFeature, image: ImageRecord | null, event: KeyboardEvent): boolean {
  if (image === null || event.nativeEvent.isComposing || event.altKey) return false
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  if (event.ctrlKey || event.metaKey) {
    if (key !== 'c' || window.getSelection()?.toString()) return false
    void copyImage(feature, image.assetId)
    return true
  }
  const run = pictureActions(feature, image)[key]
  if (run === undefined) return false
  run()
  return true
}

function pictureActions(feature: ImageFeature, image: ImageRecord): Readonly<Record<string, () => void>> {
  return {
    s: () => recallField(feature, image.settings, 'seed'),
    p: () => recallField(feature, image.settings, 'prompt'),
    a: () => recallAll(feature, image.settings),
    f: () => toggleStar(feature, image),
    c: () => {
      const onStage = selectedImage(feature)
      if (onStage === null || onStage.id === image.id) toggleCompare(feature)
      else compareWith(feature, image.id)
    },
    m: () => cycleCompareMode(feature),
    x: () => swapCompare(feature),
    ' ': () => feature.view.setState({ isQuickLook: true }),
    Delete: () => removeImage(feature, image),
    Backspace: () => removeImage(feature, image),
  }
}
