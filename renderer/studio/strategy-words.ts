import type { StrategyName } from '../../contract/speculation'

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
