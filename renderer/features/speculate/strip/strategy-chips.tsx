import { ChevronDown, Plus, X } from 'lucide-react'
import { useRef } from 'react'
import { useStore } from 'zustand'
import type { Strategy, StrategyName } from '../../../../contract/speculation'
import { strategyWords } from '../../../studio/strategy-words'
import { Button, IconButton } from '../../../ui/button'
import { plural } from '../../../ui/format'
import { useElementSize } from '../../../ui/hooks'
import { Menu } from '../../../ui/menu'
import { Popover } from '../../../ui/popover'
import { useSpeculate } from '../context'
import { addStrategy, changeStrategy, removeStrategy } from '../form-store'
import { isLossy, mostStrategies, strategyDetail, strategyLabel } from '../model/strategies'
import { chipForm } from './chip-room'
import styles from './strategy-chips.module.css'
import { StrategySettings } from './strategy-settings'

interface StrategyChipsProps {
  /** What the model's folder can run. */
  readonly able: readonly StrategyName[]
  readonly trees: boolean
}

/** Who races. Each chip opens its own settings; plain decoding always runs. */
export function StrategyChips({ able, trees }: StrategyChipsProps) {
  const { form: store, bench } = useSpeculate()
  // A model without a draft model of its own may have one elsewhere in the library.
  const other = useStore(bench, ({ drafts }) => drafts.find(({ difference }) => difference === null))
  const strategies = useStore(store, (state) => state.strategies)
  const element = useRef<HTMLDivElement>(null)
  const { width } = useElementSize(element)
  const form = width === 0 ? 'roomy' : chipForm(strategies, width)
  const runners = strategies.map((strategy, index) => (
    <Runner key={index} strategy={strategy} index={index} able={able} trees={trees} />
  ))
  return (
    <div ref={element} className={styles.group} role="group" aria-label="Strategies to race" data-form={form}>
      {form === 'list' ? (
        <Popover
          label="Strategies to race"
          placement="bottom start"
          trigger={
            <Button className={styles.all}>
              <b>{plural(strategies.length, 'strategy', 'strategies')}</b>
              <ChevronDown size={12} aria-hidden />
            </Button>
          }
        >
          {() => <div className={styles.list}>{runners}</div>}
        </Popover>
      ) : (
        <div className={styles.chips}>{runners}</div>
      )}
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
                addStrategy(store, name, name === 'draft' && !able.includes('draft') ? other?.modelId : undefined),
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

interface RunnerProps extends StrategyChipsProps {
  readonly strategy: Strategy
  readonly index: number
}

function Runner({ strategy, index, able, trees }: RunnerProps) {
  const { form } = useSpeculate()
  const name = strategyLabel(strategy)
  const detail = strategyDetail(strategy)
  return (
    <span className={styles.chip} data-lossy={isLossy(strategy) || undefined}>
      <Popover
        label={name}
        placement="bottom start"
        trigger={
          <Button variant="ghost" className={styles.open} aria-label={`${name}, ${detail}: settings`}>
            <b>{name}</b>
            <span>{detail}</span>
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
      <IconButton className={styles.remove} label={`Leave ${name} out`} onPress={() => removeStrategy(form, index)}>
        <X size={12} />
      </IconButton>
    </span>
  )
}
