import { SlidersHorizontal } from 'lucide-react'
import { useStore } from 'zustand'
import { samplingSchema, type Sampling } from '../../../../contract/speculation'
import { Button } from '../../../ui/button'
import { NumberInput } from '../../../ui/number-input'
import { Tag } from '../../../ui/chip'
import { Popover } from '../../../ui/popover'
import { Switch } from '../../../ui/switch'
import { useSpeculate } from '../context'
import { DrawFields } from './draw-fields'
import styles from './sampling-menu.module.css'

interface Field {
  readonly key: Exclude<keyof Sampling, 'temperature' | 'seed'>
  readonly label: string
  readonly min: number
  readonly max: number
  readonly step: number
  readonly decimals: number
}

const fields: readonly Field[] = [
  { key: 'topK', label: 'Top-k (0 keeps all)', min: 0, max: 1000, step: 1, decimals: 0 },
  { key: 'topP', label: 'Top-p', min: 0.01, max: 1, step: 0.05, decimals: 2 },
  { key: 'minP', label: 'Min-p', min: 0, max: 1, step: 0.01, decimals: 2 },
  { key: 'repetitionPenalty', label: 'Repetition penalty', min: 0.01, max: 10, step: 0.05, decimals: 2 },
  { key: 'presencePenalty', label: 'Presence penalty', min: -2, max: 2, step: 0.1, decimals: 2 },
  { key: 'frequencyPenalty', label: 'Frequency penalty', min: -2, max: 2, step: 0.1, decimals: 2 },
]

const defaults = samplingSchema.parse({})

/** The rarer settings, with a count of those that were changed. */
export function SamplingMenu({ hasDrawFields }: { readonly hasDrawFields: boolean }) {
  const { form } = useSpeculate()
  const sampling = useStore(form, (state) => state.sampling)
  const isRaw = useStore(form, (state) => state.isRaw)
  const changed = fields.filter(({ key }) => sampling[key] !== defaults[key]).length + (isRaw ? 1 : 0)
  return (
    <Popover
      label="More settings"
      trigger={
        <Button variant="ghost" size="md" aria-label={`More settings, ${changed} changed`}>
          <SlidersHorizontal size={14} aria-hidden />
          {hasDrawFields ? `Temp ${sampling.temperature.toFixed(1)}` : null}
          {changed > 0 ? <Tag>{changed}</Tag> : null}
        </Button>
      }
    >
      {() => (
        <div className={styles.menu}>
          {hasDrawFields ? <DrawFields className={styles.row} /> : null}
          {fields.map(({ key, label, ...limits }) => (
            <div key={key} className={styles.row}>
              <span>{label}</span>
              <NumberInput
                label={label}
                value={sampling[key]}
                {...limits}
                onChange={(value) => form.setState({ sampling: { ...sampling, [key]: value } })}
              />
            </div>
          ))}
          <Switch
            label="Continue the prompt as it stands"
            isOn={isRaw}
            onChange={(next) => form.setState({ isRaw: next })}
          />
        </div>
      )}
    </Popover>
  )
}
