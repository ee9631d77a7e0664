import { Select } from '../../../ui/select'
import { useChat } from '../context'
import { useSettings, type ChatModel } from '../selectors'
import { Explained } from './explained'
import styles from './labelled.module.css'

/** Which of the model's variants answers; away where there is one alone. */
export function PrecisionField({ model }: { readonly model: ChatModel }) {
  const feature = useChat()
  const { precision } = useSettings()
  const { precisions, defaultPrecision } = model.chat
  if (precisions.length < 2) return null
  return (
    <Explained about="Fewer bits take less memory, and may answer a little worse.">
      <div className={styles.row}>
        <span>Precision</span>
        <Select
          label="Precision"
          value={precision ?? defaultPrecision}
          options={precisions.map((key) => ({ key, label: key }))}
          onChange={(key) => feature.settings.change({ precision: key === defaultPrecision ? undefined : key })}
        />
      </div>
    </Explained>
  )
}
