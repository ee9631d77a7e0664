import { StudioError } from '../../contract/errors'
import type { Strategy } from '../../contract/speculation'
import type { LanguageModel, TargetSession } from '../text/language-model'
import { SplitTarget } from './split-target'
import type { DraftStrategy } from './strategy'
import { readDatastore, type Datastore } from './strategies/datastore'
import { DraftModelStrategy } from './strategies/draft-model'
import { EagleStrategy } from './strategies/eagle'
import { EarlyExitStrategy } from './strategies/early-exit'
import { LookupMtpStrategy } from './strategies/lookup-mtp'
import { MedusaStrategy } from './strategies/medusa'
import { MtpParallelStrategy } from './strategies/mtp-parallel'
import { MtpStrategy } from './strategies/mtp'
import { PlainStrategy } from './strategies/plain'
import { PromptLookupStrategy } from './strategies/prompt-lookup'
import { RetrievalStrategy } from './strategies/retrieval'

export interface OpenedStrategy {
  readonly strategy: DraftStrategy
  /** The target that checks its drafts: the whole one, or for early exit the same in two parts. */
  readonly target: TargetSession
  /** Whether it drafts trees: its size is then a number of nodes. */
  readonly isTree: boolean
}

/** What strategies are made from. Drafters' graphs may be opened in another way than the target's. */
export interface StrategyParts {
  readonly model: LanguageModel
  readonly openDrafter: LanguageModel['openGraph']
  /**
   * Opens another model of the library to draft.
   * @throws StudioError MODEL_UNSUPPORTED where its tokens are not the target's, as openLanguageModel
   */
  readonly openDraftModel: (modelId: string) => Promise<DraftModelStrategy>
}

/** The store last used, so that the next race need not read it again. */
let lastStore: { readonly path: string; readonly store: Datastore } | null = null

/** @throws StudioError MODEL_UNSUPPORTED where the folder lacks what the strategy needs, as openGraph */
export async function openStrategy(
  { name, draftModel }: Pick<Strategy, 'name' | 'draftModel'>,
  { model, openDrafter, openDraftModel }: StrategyParts,
): Promise<OpenedStrategy> {
  const { folder, endTokens, sizes } = model
  const target = (): Promise<TargetSession> => model.openTarget()
  switch (name) {
    case 'plain':
      return { strategy: new PlainStrategy(), target: await target(), isTree: false }
    case 'draft': {
      const strategy =
        draftModel === undefined ? new DraftModelStrategy(await openDrafter('draft')) : await openDraftModel(draftModel)
      return { strategy, target: await target(), isTree: false }
    }
    case 'lookup':
      return { strategy: new PromptLookupStrategy({ endTokens }), target: await target(), isTree: false }
    case 'retrieval':
      return { strategy: new RetrievalStrategy(storeOf(model), endTokens), target: await target(), isTree: true }
    case 'early-exit': {
      const split = new SplitTarget(await model.openGraph('lower'), await model.openGraph('upper'))
      const head = await openDrafter('early-exit')
      return { strategy: new EarlyExitStrategy(split, head, sizes.exitLayers), target: split, isTree: false }
    }
    case 'medusa': {
      const strategy = new MedusaStrategy(await openDrafter('medusa'), folder.drafters.medusa?.tree ?? null)
      return { strategy, target: await target(), isTree: true }
    }
    case 'mtp':
      return { strategy: new MtpStrategy(await openDrafter('mtp')), target: await target(), isTree: false }
    case 'lookup-mtp': {
      const strategy = new LookupMtpStrategy(await openDrafter('mtp'), { endTokens })
      return { strategy, target: await target(), isTree: false }
    }
    case 'mtp-parallel': {
      const strategy = new MtpParallelStrategy(await openDrafter('mtp-parallel'))
      return { strategy, target: await target(), isTree: true }
    }
    case 'eagle':
      return { strategy: new EagleStrategy(await openDrafter('mtp')), target: await target(), isTree: true }
  }
}

function storeOf({ folder }: LanguageModel): Datastore {
  const path = folder.retrieval
  if (path === undefined) {
    throw new StudioError('MODEL_UNSUPPORTED', `${folder.name} has no datastore to retrieve from`, {
      field: 'strategies',
      remedy: 'Leave the strategy out.',
    })
  }
  lastStore = lastStore?.path === path ? lastStore : { path, store: readDatastore(path) }
  return lastStore.store
}
