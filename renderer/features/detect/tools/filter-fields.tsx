import { useStore } from 'zustand'
import { detectionLimits, type DetectionFilter } from '../../../../contract/detection'
import { NumberInput } from '../../../ui/number-input'
import { Select } from '../../../ui/select'
import { Switch } from '../../../ui/switch'
import { useDetect } from '../context'
import { changeFilter } from '../form-store'
import styles from './tools-bar.module.css'

const suppressions = [
  { key: 'hard', label: 'Drop the weaker', detail: 'Plain non-maximum suppression' },
  { key: 'soft-linear', label: 'Lower its score, linear', detail: 'Soft-NMS: by the share that overlaps' },
  { key: 'soft-gaussian', label: 'Lower its score, Gaussian', detail: 'Soft-NMS: more, the more they overlap' },
  { key: 'none', label: 'Keep all', detail: 'For detectors that give each thing one box' },
] as const satisfies readonly {
  readonly key: DetectionFilter['suppression']
  readonly label: string
  readonly detail: string
}[]

/** How many of these settings differ from what most want. */
export function filterCount({ suppression, acrossClasses, limit }: DetectionFilter): number {
  return [suppression !== 'hard', acrossClasses, limit !== detectionLimits.detections].filter(Boolean).length
}

/** What happens to a box that a better one overlaps. */
export function FilterFields() {
  const { form } = useDetect()
  const filter = useStore(form, (state) => state.filter)
  return (
    <div className={styles.fields}>
      <div className={styles.field}>
        <span>Two boxes on one thing</span>
        <Select
          label="Two boxes on one thing"
          value={filter.suppression}
          options={suppressions}
          onChange={(suppression) => changeFilter(form, { suppression })}
        />
      </div>
      <Switch
        label="Across classes"
        isOn={filter.acrossClasses}
        onChange={(acrossClasses) => changeFilter(form, { acrossClasses })}
      />
      <div className={styles.line}>
        <span>Boxes at most</span>
        <NumberInput
          label="Boxes at most"
          value={filter.limit}
          min={1}
          max={detectionLimits.candidates}
          onChange={(limit) => changeFilter(form, { limit })}
        />
      </div>
    </div>
  )
}
