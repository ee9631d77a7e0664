import { ImageDown } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { draggedAsset } from '../../platform/browser-host'
import { startFrom, takePicture } from './actions'
import styles from './drop-layer.module.css'
import { useImageFeature } from './feature'
import { showToast } from '../../ui/toaster'

/** Takes pictures that are dropped anywhere on the window. */
export function DropLayer() {
  const feature = useImageFeature()
  const [isOver, setOver] = useState(false)
  const isUploading = useStore(feature.view, (state) => state.isUploading)

  useEffect(() => {
    // Each child that the pointer enters or leaves tells of itself: only the balance says whether it is still inside.
    let depth = 0
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

    function onEnter(event: DragEvent): void {
      if (!holdsFiles(event)) return
      depth += 1
      setOver(true)
    }
    function onLeave(event: DragEvent): void {
      if (!holdsFiles(event)) return
      depth -= 1
      if (depth <= 0) setOver(false)
    }
    function onOver(event: DragEvent): void {
      if (isOurs(event)) event.preventDefault()
    }
    function onDrop(event: DragEvent): void {
      depth = 0
      setOver(false)
      if (!isOurs(event)) return
      event.preventDefault()
      const asset = draggedAsset(event.dataTransfer)
      const file = [...(event.dataTransfer?.files ?? [])].find(({ type }) => type.startsWith('image/'))
      const isOnField = event.target instanceof Element && event.target.closest('[data-field="initImage"]') !== null
      if (asset !== null) {
        if (isOnField) startFrom(feature, asset)
      } else if (file !== undefined) void takePicture(feature, file, isOnField)
      else showToast({ tone: 'warn', text: 'Only pictures can be dropped here' })
    }
    function isOurs(event: DragEvent): boolean {
      const types = event.dataTransfer?.types ?? []
      return types.includes('Files') || types.includes('application/x-atelier-asset')
    }

    window.addEventListener('dragenter', onEnter)
    window.addEventListener('dragleave', onLeave)
    window.addEventListener('dragover', onOver)
    window.addEventListener('drop', onDrop)
    return () => {
      window.removeEventListener('dragenter', onEnter)
      window.removeEventListener('dragleave', onLeave)
      window.removeEventListener('dragover', onOver)
      window.removeEventListener('drop', onDrop)
    }
  }, [feature])

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
