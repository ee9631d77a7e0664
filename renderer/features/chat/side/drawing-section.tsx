import type { ReactNode } from 'react'
import type { ChatMode } from '../../../../contract/chat-settings'
import { NumberInput } from '../../../ui/number-input'
import { Section } from '../../../ui/section'
import { Select } from '../../../ui/select'
import { Switch } from '../../../ui/switch'
import { useChat } from '../context'
import { drawingFor, useSettings, type ChatModel } from '../selectors'
import { renormWords } from '../setting-words'
import { DrawingSlider } from './drawing-slider'
import { Explained } from './explained'
import styles from './labelled.module.css'
import { SizeField } from './size-field'

interface DrawingSectionProps {
  readonly model: ChatModel
  readonly mode: ChatMode
  readonly end: ReactNode
}

/** How pictures are drawn and edited: size, schedule and all guidance. */
export function DrawingSection({ model, mode, end }: DrawingSectionProps) {
  const feature = useChat()
  const drawing = drawingFor(model, mode, useSettings())
  if (drawing === null) return null
  const own = model.chat.defaults[mode]?.drawing ?? null
  const [low, high] = drawing.interval
  return (
    <Section title="Pictures" end={end}>
      <SizeField model={model} mode={mode} />
      <DrawingSlider name="steps" mode={mode} />
      <DrawingSlider name="textScale" mode={mode} />
      <DrawingSlider name="imageScale" mode={mode} />
      <Explained about="Times of the schedule that are guided: from 1, pure noise, to 0, the picture.">
        <div className={styles.row}>
          <span>Interval</span>
          <div className={styles.pair}>
            <NumberInput
              label="Guided above"
              value={low}
              min={0}
              max={high}
              step={0.05}
              decimals={2}
              onChange={(value) => feature.settings.changeDrawing({ interval: [value, high] })}
            />
            to
            <NumberInput
              label="Guided up to"
              value={high}
              min={low}
              max={1}
              step={0.05}
              decimals={2}
              onChange={(value) => feature.settings.changeDrawing({ interval: [low, value] })}
            />
          </div>
        </div>
      </Explained>
      <Explained about={`Keeps guidance from overexposing. ${renormWords[drawing.renorm].about}.`}>
        <div className={styles.row}>
          <span>Renorm</span>
          <Select
            label="Renormalisation"
            value={drawing.renorm}
            options={(['global', 'channel', 'text_channel'] as const).map((key) => ({
              key,
              label: renormWords[key].label,
              detail: renormWords[key].about,
            }))}
            onChange={(renorm) =>
              feature.settings.changeDrawing({ renorm: renorm === own?.renorm ? undefined : renorm })
            }
          />
        </div>
      </Explained>
      <DrawingSlider name="renormMin" mode={mode} />
      <DrawingSlider name="shift" mode={mode} />
      <Explained about="Skips passes and extrapolates them: about twice as fast, and not quite the same picture.">
        <Switch
          label="TaylorSeer"
          isOn={drawing.taylorSeer}
          onChange={(taylorSeer) =>
            feature.settings.changeDrawing({ taylorSeer: taylorSeer === own?.taylorSeer ? undefined : taylorSeer })
          }
        />
      </Explained>
    </Section>
  )
}
