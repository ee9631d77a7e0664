import { strategySchema, type Strategy, type StrategyName } from '../../../../contract/speculation'

interface StrategyWords {
  readonly label: string
  /** One sentence for the menu that adds it. */
  readonly about: string
  /** Who drafts, for sentences. */
  readonly drafter: string
  readonly shape: 'none' | 'chain' | 'tree'
}

export const strategyWords: Readonly<Record<StrategyName, StrategyWords>> = {
  plain: { label: 'Plain', about: 'One token a round: the baseline.', drafter: 'nobody', shape: 'none' },
  draft: { label: 'Draft model', about: 'A small model writes ahead.', drafter: 'draft model', shape: 'chain' },
  lookup: {
    label: 'Prompt lookup',
    about: 'Copies what followed the same words before.',
    drafter: 'text',
    shape: 'chain',
  },
  retrieval: { label: 'Retrieval', about: 'Continuations from a store of text.', drafter: 'store', shape: 'tree' },
  'early-exit': {
    label: 'Early exit',
    about: 'The first layers guess, all layers check.',
    drafter: 'exit',
    shape: 'chain',
  },
  medusa: { label: 'Medusa', about: 'Heads guess several places at once.', drafter: 'heads', shape: 'tree' },
  mtp: { label: 'MTP', about: 'One more block predicts token after token.', drafter: 'block', shape: 'chain' },
  'mtp-parallel': {
    label: 'MTP, parallel',
    about: 'Blocks predict several tokens at once.',
    drafter: 'blocks',
    shape: 'chain',
  },
  'lookup-mtp': {
    label: 'Lookup, else MTP',
    about: 'Copies where the text repeats itself; elsewhere the block predicts.',
    drafter: 'text or block',
    shape: 'chain',
  },
  eagle: { label: 'EAGLE', about: "Drafts a tree from the target's own features.", drafter: 'layer', shape: 'tree' },
}

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
  return [...parts, ...(isLossy(strategy) ? ['lossy'] : [])].join(', ')
}

/** Whether the settings promise less than the target's own distribution. */
export function isLossy({ name, acceptance }: Strategy): boolean {
  return name === 'medusa' && acceptance === 'typical'
}
