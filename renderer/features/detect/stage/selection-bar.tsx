import { Brush, MessageSquare } from 'lucide-react'
import { useStore } from 'zustand'
import type { Size } from '../../../ui/viewport'
import { Button } from '../../../ui/button'
import { useDetect, useExits } from '../context'
import { useShownBoxes } from '../selectors'
import { askInChat, maskInImage } from '../send'
import { labelHeight } from './place-labels'
import { project, type Projection } from './projection'
import styles from './selection-bar.module.css'

interface SelectionBarProps {
  readonly projection: Projection
  readonly stage: Size
}

const width = 148
const height = 34
const away = 8

/** Where the chosen box can go from here. */
export function SelectionBar({ projection, stage }: SelectionBarProps) {
  const feature = useDetect()
  const exits = useExits()
  const selected = useStore(feature.view, (state) => state.selected)
  const hasPicture = useStore(feature.stage, (state) => state.picture?.assetId != null)
  const chosen = useShownBoxes().find(({ candidate }) => candidate === selected)
  if (chosen === undefined || !hasPicture) return null
  const [, top, right, bottom] = project(projection, chosen.box)
  // Clear of the label, which as a rule stands over the box.
  const above = top - labelHeight - height - away
  const place = {
    left: Math.max(away, Math.min(right - width, stage.width - width - away)),
    top: above >= away ? above : Math.min(bottom + labelHeight + away, stage.height - height - away),
  }
  return (
    <div className={styles.bar} style={place} role="toolbar" aria-label="The chosen box">
      <Button
        size="sm"
        variant="ghost"
        onPress={() => void maskInImage(feature, exits, chosen)}
        aria-label="Mask this in Image"
      >
        <Brush size={14} strokeWidth={1.75} aria-hidden />
        Mask
      </Button>
      <Button
        size="sm"
        variant="ghost"
        onPress={() => void askInChat(feature, chosen)}
        aria-label="Ask about this in Chat"
      >
        <MessageSquare size={14} strokeWidth={1.75} aria-hidden />
        Ask
      </Button>
    </div>
  )
}
