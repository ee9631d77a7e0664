import { useStore } from 'zustand'
import type { Strategy } from '../../../../contract/speculation'
import { speculationLimits } from '../../../../contract/speculation'
import { strategyWords } from '../../../studio/strategy-words'
import { Chip } from '../../../ui/chip'
import { NumberInput } from '../../../ui/number-input'
import { Segmented } from '../../../ui/segmented'
import { Select } from '../../../ui/select'
import { useSpeculate } from '../context'
import styles from './strategy-settings.module.css'

interface StrategySettingsProps {
  readonly strategy: Strategy
  /** Whether the target's folder has a draft model of its own. */
  readonly hasOwnDraft: boolean
  readonly trees: boolean
  readonly onChange: (patch: Partial<Strategy>) => void
}

/** How one runner drafts. */
export function StrategySettings({ strategy, hasOwnDraft, trees, onChange }: StrategySettingsProps) {
  const { about, shape } = strategyWords[strategy.name]
  const isAdaptive = strategy.draftLength === 'adaptive'
  return (
    <div className={styles.settings}>
      <p>{about}</p>
      {strategy.name === 'draft' ? <Drafter strategy={strategy} hasOwnDraft={hasOwnDraft} onChange={onChange} /> : null}
      <div className={styles.setting}>
        <span>Draft length</span>
        <Segmented
          label="Draft length"
          size="sm"
          value={isAdaptive ? 'adaptive' : 'fixed'}
          options={[
            { key: 'adaptive', label: 'Adaptive' },
            { key: 'fixed', label: 'Fixed' },
          ]}
          onChange={(key) => onChange({ draftLength: key === 'adaptive' ? 'adaptive' : 4 })}
        />
        {strategy.draftLength === 'adaptive' ? (
          <span className={styles.unit}>by measured speed</span>
        ) : (
          <NumberInput
            label="Drafted tokens a round"
            value={strategy.draftLength}
            min={1}
            max={speculationLimits.draftLength}
            onChange={(draftLength) => onChange({ draftLength })}
          />
        )}
      </div>
      {shape === 'tree' ? (
        <div className={styles.setting}>
          <span>Tree nodes</span>
          <NumberInput
            label="Tree nodes"
            value={strategy.treeNodes}
            min={1}
            max={speculationLimits.treeNodes}
            isDisabled={!trees}
            onChange={(treeNodes) => onChange({ treeNodes })}
          />
          <span className={styles.unit}>{trees ? 'the root not counted' : 'this graph runs chains only'}</span>
        </div>
      ) : null}
      {strategy.name === 'medusa' ? (
        <div className={styles.setting}>
          <span>Acceptance</span>
          <Segmented
            label="Acceptance"
            size="sm"
            value={strategy.acceptance}
            options={[
              { key: 'exact', label: 'Exact' },
              { key: 'typical', label: 'Typical' },
            ]}
            onChange={(acceptance) => onChange({ acceptance })}
          />
          {strategy.acceptance === 'typical' ? (
            <Chip tone="warn">lossy</Chip>
          ) : (
            <span className={styles.unit}>lossless</span>
          )}
        </div>
      ) : null}
    </div>
  )
}

/** The drafter that lies in the target's own folder. */
const own = ''

/** Which model drafts: the target's own small one, or another of the library with the same tokens. */
function Drafter({ strategy, hasOwnDraft, onChange }: Omit<StrategySettingsProps, 'trees'>) {
  const { bench } = useSpeculate()
  const drafts = useStore(bench, (state) => state.drafts)
  const chosen = drafts.find(({ modelId }) => modelId === strategy.draftModel)
  return (
    <>
      <div className={styles.setting}>
        <span>Drafted by</span>
        <Select
          label="Drafted by"
          className={styles.drafter}
          value={strategy.draftModel ?? own}
          options={[
            { key: own, label: 'Its own draft model', disabledReason: hasOwnDraft ? undefined : 'Not in this folder' },
            ...drafts.map(({ modelId, name, difference }) => ({
              key: modelId,
              label: name,
              disabledReason: difference === null ? undefined : `Other tokens: ${difference}`,
            })),
          ]}
          onChange={(key) => onChange({ draftModel: drafts.find(({ modelId }) => modelId === key)?.modelId })}
        />
      </div>
      {strategy.draftModel !== undefined && chosen === undefined ? (
        <p className={styles.unit}>{strategy.draftModel} is not in the library any more.</p>
      ) : null}
    </>
  )
}
