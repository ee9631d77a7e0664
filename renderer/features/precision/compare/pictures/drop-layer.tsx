import { Images } from 'lucide-react'
import { useStore } from 'zustand'
import styles from '../../../../ui/drop-layer.module.css'
import { useWindowDrop } from '../../../../ui/use-window-drop'
import { usePrecision } from '../../context'
import { takeFiles } from './chosen-pictures'

/** Takes pictures that are dropped on the window while a detector is compared. */
export function DropLayer() {
  const feature = usePrecision()
  const isWanted = useStore(feature.form, ({ kind }) => kind === 'detection')
  return isWanted ? <Taking /> : null
}

function Taking() {
  const feature = usePrecision()
  const isOver = useWindowDrop({
    onDrop: (event) => {
      const files = [...(event.dataTransfer?.files ?? [])]
      if (files.length > 0) void takeFiles(feature, files)
    },
  })
  if (!isOver) return null
  return (
    <div className={styles.layer} aria-hidden>
      <div className={styles.card}>
        <Images size={20} strokeWidth={1.6} aria-hidden />
        <b>Drop to compare on these pictures</b>
        <span>and on their labels, where a COCO file is among them</span>
      </div>
    </div>
  )
}
