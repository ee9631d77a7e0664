import { ChangedDot } from '../../../ui/changed-dot'
import { cx } from '../../../ui/cx'
import shared from '../../../ui/shared.module.css'
import { Switch } from '../../../ui/switch'
import { useImageFeature } from '../feature'
import { changeDraft, revertField } from '../form-store'
import { useCurrentModel, useDraft, useProblem, useWas } from '../selectors'
import styles from './controls.module.css'
import more from './more-section.module.css'
import { Problem } from './problem'

/** Text encoders on and off, and prompts of their own for those that may have one. */
export function EncoderFields() {
  const { form } = useImageFeature()
  const model = useCurrentModel()
  const without = useDraft((draft) => draft.withoutEncoders)
  const was = useWas('withoutEncoders')
  const problem = useProblem('withoutEncoders')
  const encoders = model?.image?.encoders ?? []
  return (
    <div className={more.group}>
      {encoders.map(({ name, maxTokens }, index) => (
        <Switch
          key={name}
          label={
            <>
              {name} text encoder
              {index === 0 ? (
                <ChangedDot name="Text encoders" was={was} onRevert={() => revertField(form, 'withoutEncoders')} />
              ) : null}
            </>
          }
          detail={`${maxTokens} tokens`}
          isOn={!without.includes(name)}
          onChange={(isOn) =>
            changeDraft(form, {
              withoutEncoders: isOn ? without.filter((one) => one !== name) : [...without, name],
            })
          }
        />
      ))}
      <Problem text={problem} />
      {encoders.some(({ name }) => name === 'CLIP-G') ? <OwnPrompt field="prompt2" encoder="CLIP-G" /> : null}
      {encoders.some(({ name }) => name === 'T5') ? <OwnPrompt field="prompt3" encoder="T5" /> : null}
    </div>
  )
}

function OwnPrompt({ field, encoder }: { readonly field: 'prompt2' | 'prompt3'; readonly encoder: string }) {
  const { form } = useImageFeature()
  const text = useDraft((draft) => draft[field])
  const was = useWas(field)
  return (
    <div className={`${styles.formRow} ${styles.gap}`}>
      <span>
        For {encoder}
        <ChangedDot name={`Prompt for ${encoder}`} was={was} onRevert={() => revertField(form, field)} />
      </span>
      <input
        className={cx(shared.well, shared.line, more.input)}
        data-field={field}
        aria-label={`Prompt for ${encoder} alone`}
        placeholder="the prompt above"
        value={text ?? ''}
        onChange={(event) => changeDraft(form, { [field]: event.target.value === '' ? undefined : event.target.value })}
      />
    </div>
  )
}
