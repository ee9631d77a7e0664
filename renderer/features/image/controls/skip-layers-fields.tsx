import { useState } from 'react'
import { ChangedDot } from '../../../ui/changed-dot'
import { SliderField } from '../../../ui/slider-field'
import { cx } from '../../../ui/cx'
import shared from '../../../ui/shared.module.css'
import { Switch } from '../../../ui/switch'
import { useImageFeature } from '../feature'
import { changeDraft, revertField } from '../form-store'
import { useDraft, useProblem, useWas } from '../selectors'
import styles from './controls.module.css'
import more from './more-section.module.css'
import { Problem } from './problem'

const usual = { layers: [1], scale: 2.8, start: 0.01, end: 0.2 }

/** Skip-layer guidance: a third pass without some blocks, which the picture is then pushed away from. */
export function SkipLayersFields() {
  const { form } = useImageFeature()
  const skip = useDraft((draft) => draft.skipLayers)
  const was = useWas('skipLayers')
  const problem = useProblem('skipLayers')
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <div className={more.group} data-field="skipLayers">
      <Switch
        label={
          <>
            Skip-layer guidance
            <ChangedDot name="Skip-layer guidance" was={was} onRevert={() => revertField(form, 'skipLayers')} />
          </>
        }
        isOn={skip !== undefined}
        onChange={(isOn) => changeDraft(form, { skipLayers: isOn ? usual : undefined })}
      />
      {skip === undefined ? null : (
        <>
          <div className={styles.formRow}>
            <span>Layers</span>
            <input
              className={cx(shared.well, shared.line, more.input)}
              aria-label="Layers to skip, with commas between"
              placeholder="7, 8, 9"
              value={typed ?? skip.layers.join(', ')}
              onFocus={() => setTyped(skip.layers.join(', '))}
              onChange={(event) => setTyped(event.target.value)}
              onBlur={() => {
                const layers = parseLayers(typed ?? '')
                if (layers.length > 0) changeDraft(form, { skipLayers: { ...skip, layers } })
                setTyped(null)
              }}
            />
          </div>
          <SliderField
            label="Scale"
            value={skip.scale}
            min={0}
            max={8}
            hardMax={20}
            step={0.1}
            decimals={2}
            onChange={(scale) => changeDraft(form, { skipLayers: { ...skip, scale } })}
          />
          <SliderField
            label="From %"
            value={Math.round(skip.start * 100)}
            min={0}
            max={100}
            step={1}
            onChange={(value) => changeDraft(form, { skipLayers: { ...skip, start: value / 100 } })}
          />
          <SliderField
            label="Until %"
            value={Math.round(skip.end * 100)}
            min={0}
            max={100}
            step={1}
            onChange={(value) => changeDraft(form, { skipLayers: { ...skip, end: value / 100 } })}
          />
        </>
      )}
      <Problem text={problem} />
    </div>
  )
}

/** "7, 8, 9" or "7-9" as numbers, each once. */
export function parseLayers(text: string): number[] {
  const found = new Set<number>()
  for (const part of text.split(/[,\s]+/)) {
    const [from, to] = part.split(/[-–]/).map((one) => (one === '' ? NaN : Number(one)))
    if (from === undefined || !Number.isInteger(from)) continue
    const last = to !== undefined && Number.isInteger(to) && to - from < 100 ? to : from
    for (let layer = from; layer <= last; layer += 1) found.add(layer)
  }
  return [...found].sort((a, b) => a - b)
}
