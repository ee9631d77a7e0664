import { useId } from 'react'
import { cx } from '../../../ui/cx'
import { FieldLabel } from '../../../ui/field-label'
import shared from '../../../ui/shared.module.css'
import { useChat } from '../context'
import { useSettings } from '../selectors'
import { Explained } from './explained'
import styles from './system-field.module.css'

/** What the model is told before the first turn. It is saved as it is typed. */
export function SystemField() {
  const feature = useChat()
  const { system = '' } = useSettings()
  const id = useId()
  return (
    <Explained about="Said before the first turn of the conversation.">
      <FieldLabel htmlFor={id}>System prompt</FieldLabel>
      <textarea
        id={id}
        className={cx(shared.well, styles.field)}
        value={system}
        placeholder="None"
        onChange={({ target: { value } }) => feature.settings.change({ system: value === '' ? undefined : value })}
      />
    </Explained>
  )
}
