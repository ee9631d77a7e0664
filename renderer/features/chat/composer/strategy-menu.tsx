import { Network } from 'lucide-react'
import { strategySchema } from '../../../../contract/speculation'
import { Select } from '../../../ui/select'
import { strategyWords } from '../../../studio/strategy-words'
import { useChat } from '../context'
import { useModel, useSettings } from '../selectors'
import styles from './strategy-menu.module.css'

/** How a text-only model drafts its answer. */
export function StrategyMenu() {
  const feature = useChat()
  const model = useModel()
  const { strategy } = useSettings()
  if (model === null) return null
  const options = model.chat.strategies.map((name) => ({
    key: name,
    label: strategyWords[name].label,
    detail: strategyWords[name].about,
  }))
  return (
    <Select
      label="Drafting strategy"
      className={styles.select}
      icon={<Network size={14} strokeWidth={1.75} aria-hidden />}
      value={strategy?.name ?? 'plain'}
      options={options}
      onChange={(name) =>
        feature.settings.change({ strategy: name === 'plain' ? undefined : strategySchema.parse({ name }) })
      }
    />
  )
}
