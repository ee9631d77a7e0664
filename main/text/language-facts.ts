import type { LanguageModelFacts, StrategyName } from '../../contract/speculation'
import type { LanguageFolder } from './language-folder'

/** What a model offers to the speculation lab, in the contract's words. */
export function languageModelFacts(folder: LanguageFolder): LanguageModelFacts {
  return {
    contextLength: folder.sizes.contextLength,
    vocabularySize: folder.sizes.vocabulary,
    precisions: Object.keys(folder.precisions),
    defaultPrecision: folder.defaultPrecision,
    hasChatTemplate: folder.hasChatTemplate,
    strategies: strategiesOf(folder),
    trees: folder.layout === 'Atelier',
  }
}

function strategiesOf({ drafters, retrieval, precisions }: LanguageFolder): StrategyName[] {
  const isSplit = Object.values(precisions).every(({ lower }) => lower !== undefined)
  const can: Record<StrategyName, boolean> = {
    plain: true,
    draft: drafters.draft !== undefined,
    // Looking up needs the context alone.
    lookup: true,
    retrieval: retrieval !== undefined,
    'early-exit': drafters['early-exit'] !== undefined && isSplit,
    medusa: drafters.medusa !== undefined,
    mtp: drafters.mtp !== undefined,
    'mtp-parallel': drafters['mtp-parallel'] !== undefined,
    // Its tree grows over the MTP block.
    eagle: drafters.mtp !== undefined,
    'lookup-mtp': drafters.mtp !== undefined,
  }
  return (Object.keys(can) as StrategyName[]).filter((name) => can[name])
}
