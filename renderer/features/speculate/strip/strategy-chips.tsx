import { Plus, X } from 'lucide-react'
import { useStore } from 'zustand'
import type { StrategyName } from '../../../../contract/speculation'
import { strategyWords } from '../../../studio/strategy-words'
import { Button, IconButton } from '../../../ui/button'
import { Menu } from '../../../ui/menu'
import { Popover } from '../../../ui/popover'
import { useSpeculate } from '../context'
import { addStrategy, changeStrategy, removeStrategy } from '../form-store'
import { isLossy, mostStrategies, strategyDetail, strategyLabel } from '../model/strategies'
import styles from './strategy-chips.module.css'
import { StrategySettings } from './strategy-settings'

interface StrategyChipsProps {
  /** What the model's folder can run. */
  readonly able: readonly StrategyName[]
  readonly trees: boolean
}

/** Who races. Each chip opens its own settings; plain decoding always runs. */
export function StrategyChips({ able, trees }: StrategyChipsProps) {
  const { form, bench } = useSpeculate()
  // A model without a draft model of its own may have one elsewhere in the library.
  const other = useStore(bench, ({ drafts }) => drafts.find(({ difference }) => difference === null))
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
                  hasOwnDraft={able.includes('draft')}
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
                : able.includes(name) || (name === 'draft' && other !== undefined)
                  ? undefined
                  : 'Not in this model’s folder'
            return {
              id: name,
              label: strategyWords[name].label,
              ...(reason === undefined ? {} : { disabledReason: reason }),
              run: () =>
                addStrategy(form, name, name === 'draft' && !able.includes('draft') ? other?.modelId : undefined),
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
