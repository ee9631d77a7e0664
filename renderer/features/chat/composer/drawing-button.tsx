import { SlidersHorizontal } from 'lucide-react'
import { useStore } from 'zustand'
import type { ChatMode } from '../../../../contract/chat-settings'
import { Button } from '../../../ui/button'
import { formatSize } from '../../../ui/format'
import { Popover } from '../../../ui/popover'
import { useChat } from '../context'
import { drawingFor, useModel, useSettings } from '../selectors'
import { SeedField } from '../side/seed-field'
import { SizeField } from '../side/size-field'
import { DrawingSlider } from '../side/drawing-slider'
import styles from './drawing-button.module.css'

/** How the next picture will be drawn, in a few words; the few settings that matter most behind it. */
export function DrawingButton() {
  const feature = useChat()
  const model = useModel()
  const settings = useSettings()
  const mode = useResolvedMode()
  if (model === null || mode === 'read') return null
  const drawing = drawingFor(model, mode, settings)
  if (drawing === null) return null
  const size =
    mode === 'edit' && settings.drawing?.width === undefined
      ? 'as the picture'
      : formatSize(drawing.width, drawing.height)
  return (
    <Popover
      label="How it is drawn"
      placement="top start"
      trigger={
        <Button variant="ghost" aria-label={`How it is drawn: ${size}, ${drawing.steps} steps`}>
          <SlidersHorizontal size={14} strokeWidth={1.75} aria-hidden />
          {size}, {drawing.steps} steps
        </Button>
      }
    >
      {(close) => (
        <div className={styles.box}>
          <SizeField model={model} mode={mode} />
          <DrawingSlider name="steps" mode={mode} />
          <DrawingSlider name="textScale" mode={mode} />
          {mode === 'edit' ? <DrawingSlider name="imageScale" mode={mode} /> : null}
          <SeedField />
          <Button
            size="sm"
            variant="ghost"
            onPress={() => {
              close()
              feature.view.setState({ isSideOpen: true, sideTab: 'settings' })
            }}
          >
            All settings
          </Button>
        </div>
      )}
    </Popover>
  )
}

/** What the turn in the composer will do, as far as that is known. */
function useResolvedMode(): ChatMode {
  const { composer, estimates } = useChat()
  const asked = useStore(composer.store, (state) => state.draft.mode)
  const decided = useStore(estimates.store, (state) => state.estimate?.decision.mode)
  return asked === 'auto' ? (decided ?? 'read') : asked
}
