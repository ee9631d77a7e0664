import { ImageDown } from 'lucide-react'
import { useStore } from 'zustand'
import { draggedAsset } from '../../platform/browser-host'
import { startFrom, takePicture } from './actions'
import styles from '../../ui/drop-layer.module.css'
import { useImageFeature } from './feature'
import { showToast } from '../../ui/toaster'
import { useWindowDrop } from '../../ui/use-window-drop'

/** Takes pictures that are dropped anywhere on the window. */
export function DropLayer() {
  const feature = useImageFeature()
  const isUploading = useStore(feature.view, (state) => state.isUploading)
  const isOver = useWindowDrop({
    types: ['application/x-atelier-asset'],
    onDrop: (event) => {
      const asset = draggedAsset(event.dataTransfer)
      const file = [...(event.dataTransfer?.files ?? [])].find(({ type }) => type.startsWith('image/'))
      const isOnField = event.target instanceof Element && event.target.closest('[data-field="initImage"]') !== null
      if (asset !== null) {
        if (isOnField) startFrom(feature, asset)
      } else if (file !== undefined) void takePicture(feature, file, isOnField)
      else showToast({ tone: 'warn', text: 'Only pictures can be dropped here' })
    },
  })

  if (!isOver && !isUploading) return null
  return (
    <div className={styles.layer} aria-hidden={isOver}>
      <div className={styles.card} role="status">
        <ImageDown size={20} strokeWidth={1.6} aria-hidden />
        <b>{isUploading ? 'Reading the picture' : 'Drop to read its settings'}</b>
        {isUploading ? null : <span>or to start from it</span>}
      </div>
    </div>
  )
}
