import { ImageDown } from 'lucide-react'
import { assetDragType, draggedAsset } from '../../platform/browser-host'
import styles from '../../ui/drop-layer.module.css'
import { useWindowDrop } from '../../ui/use-window-drop'
import { useDetect } from './context'
import { droppedFiles } from './dropped-files'
import { takeAsset, takeFiles } from './take-files'

/** Takes pictures, videos, folders and labels that are dropped anywhere on the window. */
export function DropLayer() {
  const feature = useDetect()
  const isOver = useWindowDrop({
    types: [assetDragType],
    onDrop: (event) => {
      const transfer = event.dataTransfer
      if (transfer === null) return
      const asset = draggedAsset(transfer)
      if (asset !== null) {
        void takeAsset(feature, asset, 'picture.png')
        return
      }
      void droppedFiles(transfer)
        .then(({ files, folder }) => takeFiles(feature, files, folder))
        .catch((error: unknown) => feature.studio.report('Reading what was dropped', error))
    },
  })
  if (!isOver) return null
  return (
    <div className={styles.layer} aria-hidden>
      <div className={styles.card}>
        <ImageDown size={20} strokeWidth={1.6} aria-hidden />
        <b>Drop to find things in it</b>
        <span>pictures, a folder, a video, or labels as COCO JSON</span>
      </div>
    </div>
  )
}
