import { defaultThreads } from '../runtime/cpu-threads'
import type { Residency } from '../runtime/residency'
import type { LanguageFolder } from '../text/language-folder'
import { openLanguageModel, type OpenLanguageModelOptions } from '../text/open-language-model'
import { checkVocabulariesFit } from '../text/vocabularies-fit'
import { ModelDrafter } from './model-drafter'
import type { StrategyParts } from './open-strategy'
import { DraftModelStrategy } from './strategies/draft-model'

export interface OpenPartsOptions extends Omit<OpenLanguageModelOptions, 'sessions'> {
  /** Folders of other models that may draft, by their ids. */
  readonly draftModels?: Readonly<Record<string, LanguageFolder>>
}

/** Roles that run on the target's own threads: they are the target. */
const targetRoles: ReadonlySet<string> = new Set(['target', 'lower', 'upper'])

/** A drafter's threads at most: it reads some ten megabytes a step, which two cores fetch in four fifths of the time of one. */
const drafterThreads = 2

/**
 * A model and its drafters. Each graph has threads of its own; a small one gains nothing from many, and those that it kept awake would
 * take cores from the target.
 */
export async function openParts(options: OpenPartsOptions, sessions: Pick<Residency, 'open'>): Promise<StrategyParts> {
  const few = Math.min(drafterThreads, options.threads || defaultThreads())
  const model = await openLanguageModel({
    ...options,
    sessions: {
      open: (request) => sessions.open(targetRoles.has(request.role) ? request : { ...request, threads: few }),
    },
  })

  /** A whole model has work for all of the target's threads; the two take turns. */
  async function openDraftModel(modelId: string): Promise<DraftModelStrategy> {
    const folder = options.draftModels?.[modelId]
    if (folder === undefined) throw new RangeError(`The folder of ${modelId} was not given`)
    const { provider, threads } = options
    const drafter = await openLanguageModel({ modelId, folder, provider, threads, sessions })
    checkVocabulariesFit(model.tokenizer, drafter.tokenizer)
    const session = await drafter.openTarget()
    const graph = new ModelDrafter({ session, readable: folder.sizes.vocabulary, wanted: model.sizes.vocabulary })
    return new DraftModelStrategy(graph, { source: folder.name, contextLength: folder.sizes.contextLength })
  }

  return { model, openDrafter: (role) => model.openGraph(role), openDraftModel }
}
