import { limits } from '../../../../contract/images'
import { ChangedDot } from '../../../ui/changed-dot'
import { NumberInput } from '../../../ui/number-input'
import { Section } from '../../../ui/section'
import { Segmented } from '../../../ui/segmented'
import { SliderField } from '../../../ui/slider-field'
import { useImageFeature } from '../feature'
import { changeDraft, revertField } from '../form-store'
import { useDraft, useProblem, useWas } from '../selectors'
import styles from './controls.module.css'
import { Problem } from './problem'
import counts from './sampling-section.module.css'
import { SeedField } from './seed-field'

const countChoices = ['1', '2', '4', '8'] as const

export function SamplingSection() {
  const { form } = useImageFeature()
  const steps = useDraft((draft) => draft.steps)
  const guidance = useDraft((draft) => draft.guidanceScale)
  const shift = useDraft((draft) => draft.shift)
  const problem = useProblem('steps', 'guidanceScale', 'shift', 'seed', 'count')
  return (
    <Section>
      <SliderField
        label="Steps"
        value={steps}
        min={1}
        max={60}
        hardMax={limits.steps}
        step={1}
        was={useWas('steps')}
        onRevert={() => revertField(form, 'steps')}
        onChange={(value) => changeDraft(form, { steps: value })}
      />
      <SliderField
        label="Guidance"
        value={guidance}
        min={0}
        max={12}
        hardMax={50}
        step={0.1}
        decimals={2}
        was={useWas('guidanceScale')}
        onRevert={() => revertField(form, 'guidanceScale')}
        onChange={(value) => changeDraft(form, { guidanceScale: value })}
      />
      <SliderField
        label="Shift"
        value={shift}
        min={0.5}
        max={8}
        hardMin={0.1}
        hardMax={20}
        step={0.1}
        decimals={2}
        was={useWas('shift')}
        onRevert={() => revertField(form, 'shift')}
        onChange={(value) => changeDraft(form, { shift: value })}
      />
      <SeedField />
      <CountField />
      <Problem text={problem} />
    </Section>
  )
}

function CountField() {
  const { form } = useImageFeature()
  const count = useDraft((draft) => draft.count)
  const was = useWas('count')
  const key = countChoices.find((choice) => choice === String(count)) ?? null
  return (
    <div className={`${styles.formRow} ${styles.gap}`}>
      <span>
        Images
        <ChangedDot name="Images" was={was} onRevert={() => revertField(form, 'count')} />
      </span>
      <div className={counts.counts}>
        <Segmented
          label="How many images"
          value={key}
          options={countChoices.map((choice) => ({ key: choice, label: choice }))}
          onChange={(choice) => changeDraft(form, { count: Number(choice) })}
        />
        <NumberInput
          label="How many images, exact"
          value={count}
          min={1}
          max={limits.batch}
          onChange={(value) => changeDraft(form, { count: value })}
        />
      </div>
    </div>
  )
}
