import { Images } from 'lucide-react'
import { useStore } from 'zustand'
import styles from '../../../../ui/drop-layer.module.css'
import { useWindowDrop } from '../../../../ui/use-window-drop'
import { usePrecision } from '../../context'
import { seesPictures, takeAsked, useFormModel } from '../asked/asked-picture'
import { takeFiles } from './chosen-pictures'

/** Takes pictures that are dropped on the window while a detector is compared, or a model is asked about one. */
export function DropLayer() {
  const feature = usePrecision()
  const kind = useStore(feature.form, (state) => state.kind)
  const model = useFormModel()
  if (kind === 'detection') {
    return (
      <Taking
        take={(files) => void takeFiles(feature, files)}
        title="Drop to compare on these pictures"
        detail="and on their labels, where a COCO file is among them"
      />
    )
  }
  if (kind !== 'text' || !seesPictures(model)) return null
  return (
    <Taking
      take={(files) => void takeAsked(feature, files)}
      title="Drop to ask about this picture"
      detail="the same for every precision"
    />
  )
}

interface TakingProps {
  readonly take: (files: readonly File[]) => void
  readonly title: string
  readonly detail: string
}

function Taking({ take, title, detail }: TakingProps) {
  const isOver = useWindowDrop({
    onDrop: (event) => {
      const files = [...(event.dataTransfer?.files ?? [])]
      if (files.length > 0) take(files)
    },
  })
  if (!isOver) return null
  return (
    <div className={styles.layer} aria-hidden>
      <div className={styles.card}>
        <Images size={20} strokeWidth={1.6} aria-hidden />
        <b>{title}</b>
        <span>{detail}</span>
      </div>
    </div>
  )
}
