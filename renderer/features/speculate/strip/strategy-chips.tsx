import { Plus, X } from 'lucide-react'
import { useStore } from 'zustand'
import type { Strategy, StrategyName } from '../../../../contract/speculation'
import { speculationLimits } from '../../../../contract/speculation'
import { strategyWords } from '../../../studio/strategy-words'
import { Button, IconButton } from '../../../ui/button'
import { Chip } from '../../../ui/chip'
import { Menu } from '../../../ui/menu'
import { NumberInput } from '../../../ui/number-input'
import { Popover } from '../../../ui/popover'
import { Segmented } from '../../../ui/segmented'
import { useSpeculate } from '../context'
import { addStrategy, changeStrategy, removeStrategy } from '../form-store'
import { isLossy, mostStrategies, strategyDetail, strategyLabel } from '../model/strategies'
import styles from './strategy-chips.module.css'

interface StrategyChipsProps {
  /** What the model's folder can run. */
  readonly able: readonly StrategyName[]
  readonly trees: boolean
}

/** Who races. Each chip opens its own settings; plain decoding always runs. */
export function StrategyChips({ able, trees }: StrategyChipsProps) {
  const { form } = useSpeculate()
  const strategies = useStore(form, (state) => state.strategies)
  return (
    <div className={styles.group} role="group" aria-label="Strategies to race">
      <div className={styles.chips}>
        {strategies.map((strategy, index) => (
          <span key={index} className={styles.chip} data-lossy={isLossy(strategy) || undefined}>
            <Popover
              label={strategyLabel(strategy)}
              placement="bottom start"
              trigger={
                <Button
                  variant="ghost"
                  className={styles.open}
                  aria-label={`${strategyLabel(strategy)}, ${strategyDetail(strategy)}: settings`}
                >
                  <b>{strategyLabel(strategy)}</b>
                  <span>{strategyDetail(strategy)}</span>
                </Button>
              }
            >
              {() => (
                <StrategySettings
                  strategy={strategy}
                  trees={trees}
                  onChange={(patch) => changeStrategy(form, index, patch)}
                />
              )}
            </Popover>
            <IconButton
              className={styles.remove}
              label={`Leave ${strategyLabel(strategy)} out`}
              onPress={() => removeStrategy(form, index)}
            >
              <X size={12} />
            </IconButton>
          </span>
        ))}
      </div>
      <span className={styles.base}>
        <b>Plain</b>
        <span>always runs</span>
      </span>
      <Menu
        label="Add a strategy"
        placement="bottom start"
        actions={(Object.keys(strategyWords) as StrategyName[])
          .filter((name) => name !== 'plain')
          .map((name) => {
            const reason =
              strategies.length >= mostStrategies
                ? `At most ${mostStrategies} beside plain`
                : able.includes(name)
                  ? undefined
                  : 'Not in this model’s folder'
            return {
              id: name,
              label: strategyWords[name].label,
              ...(reason === undefined ? {} : { disabledReason: reason }),
              run: () => addStrategy(form, name),
            }
          })}
      >
        <IconButton label="Add a strategy" size="md">
          <Plus size={16} />
        </IconButton>
      </Menu>
    </div>
  )
}

interface StrategySettingsProps {
  readonly strategy: Strategy
  readonly trees: boolean
  readonly onChange: (patch: Partial<Strategy>) => void
}

function StrategySettings({ strategy, trees, onChange }: StrategySettingsProps) {
  const { about, shape } = strategyWords[strategy.name]
  const isAdaptive = strategy.draftLength === 'adaptive'
  return (
    <div className={styles.settings}>
      <p>{about}</p>
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
