import { Network } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { ModelId } from '../../../../contract/ids'
import { strategySchema, type DraftCandidate, type StrategyName } from '../../../../contract/speculation'
import { Select, type SelectOption } from '../../../ui/select'
import { strategyWords } from '../../../studio/strategy-words'
import { useChat } from '../context'
import { useModel, useSettings } from '../selectors'
import styles from './strategy-menu.module.css'

/** How a text-only model drafts its answer. */
export function StrategyMenu() {
  const feature = useChat()
  const model = useModel()
  const { strategy } = useSettings()
  const drafters = useDrafters(model?.id ?? null)
  if (model === null) return null
  const options: SelectOption<string>[] = [
    ...model.chat.strategies.map((name) => ({
      key: name,
      label: strategyWords[name].label,
      detail: strategyWords[name].about,
    })),
    ...drafters.map(({ modelId, name, difference }) => ({
      key: `${byModel}${modelId}`,
      label: `Drafted by ${name}`,
      detail: strategyWords.draft.about,
      disabledReason: difference === null ? undefined : `Other tokens: ${difference}`,
    })),
  ]
  const { draftModel } = strategy ?? {}
  if (draftModel !== undefined && !drafters.some(({ modelId }) => modelId === draftModel)) {
    options.push({
      key: `${byModel}${draftModel}`,
      label: `Drafted by ${draftModel}`,
      detail: strategyWords.draft.about,
    })
  }
  return (
    <Select
      label="Drafting strategy"
      className={styles.select}
      icon={<Network size={14} strokeWidth={1.75} aria-hidden />}
      value={draftModel === undefined ? (strategy?.name ?? 'plain') : `${byModel}${draftModel}`}
      options={options}
      onChange={(key) => feature.settings.change({ strategy: strategyOf(key) })}
    />
  )
}

/** Before the id of another model that drafts, in an option's key. */
const byModel = 'model:'

function strategyOf(key: string) {
  if (key === 'plain') return undefined
  if (!key.startsWith(byModel)) return strategySchema.parse({ name: key as StrategyName })
  return strategySchema.parse({ name: 'draft', draftModel: key.slice(byModel.length) })
}

/** Other models of the library that may draft for this one; none until they are known. */
function useDrafters(modelId: ModelId | null): readonly DraftCandidate[] {
  const { studio } = useChat()
  const [known, setKnown] = useState<{ modelId: ModelId; drafters: readonly DraftCandidate[] } | null>(null)
  useEffect(() => {
    if (modelId === null) return
    let isCurrent = true
    studio.client.speculation.drafts({ modelId }).then(
      (drafters) => {
        if (isCurrent) setKnown({ modelId, drafters })
      },
      (error: unknown) => studio.report('Looking for draft models', error),
    )
    return () => {
      isCurrent = false
    }
  }, [studio, modelId])
  return known?.modelId === modelId ? known.drafters : []
}
