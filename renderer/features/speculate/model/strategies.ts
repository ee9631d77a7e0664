import { strategySchema, type Strategy, type StrategyName } from '../../../../contract/speculation'
import { strategyWords } from '../../../studio/strategy-words'

/** Beside plain decoding, which always runs. */
export const mostStrategies = 4

export function newStrategy(name: StrategyName): Strategy {
  return strategySchema.parse({ name })
}

export function strategyLabel({ name }: Pick<Strategy, 'name'>): string {
  return strategyWords[name].label
}

/** What a chip says after the name: "k = 4", "10 nodes, typical". */
export function strategyDetail(strategy: Strategy): string {
  const { shape } = strategyWords[strategy.name]
  if (shape === 'none') return 'baseline'
  const length = strategy.draftLength === 'adaptive' ? 'k adaptive' : `k = ${strategy.draftLength}`
  const parts = shape === 'tree' ? [`${strategy.treeNodes} nodes`] : [length]
  if (strategy.name === 'draft' && strategy.draftModel !== undefined) parts.unshift(strategy.draftModel)
  return [...parts, ...(isLossy(strategy) ? ['lossy'] : [])].join(', ')
}

/** Whether the settings promise less than the target's own distribution. */
export function isLossy({ name, acceptance }: Strategy): boolean {
  return name === 'medusa' && acceptance === 'typical'
}
