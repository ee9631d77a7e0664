import { stat } from 'node:fs/promises'
import path from 'node:path'
import { StudioError } from '../../contract/errors'
import type { ModelId } from '../../contract/ids'
import type { DraftCandidate } from '../../contract/speculation'
import type { LanguageFolder } from '../text/language-folder'
import { TextTokenizer } from '../text/text-tokenizer'
import { vocabularyDifference } from '../text/vocabularies-fit'

export interface DraftCandidatesNeeds {
  /** @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED */
  readonly languageModel: (modelId: string) => Promise<{ name: string; folder: LanguageFolder }>
  /** Ids of the language models that can be used. */
  readonly languageModelIds: () => Promise<readonly ModelId[]>
}

/** Which models of the library speak one another's tokens, so that one can draft for the other. */
export class DraftCandidates {
  readonly #needs: DraftCandidatesNeeds
  /** Tokenizers by file and time of change: reading one takes a good part of a second. */
  readonly #known = new Map<string, Promise<TextTokenizer>>()

  constructor(needs: DraftCandidatesNeeds) {
    this.#needs = needs
  }

  /** The other language models, those that fit first. */
  async for(modelId: string): Promise<DraftCandidate[]> {
    const target = await this.#tokenizer(modelId)
    const others = (await this.#needs.languageModelIds()).filter((id) => id !== modelId)
    const candidates = await Promise.all(
      others.map(async (id): Promise<DraftCandidate> => {
        const { name } = await this.#needs.languageModel(id)
        return { modelId: id, name, difference: vocabularyDifference(target, await this.#tokenizer(id)) }
      }),
    )
    return candidates.sort((one, two) => Number(one.difference !== null) - Number(two.difference !== null))
  }

  /**
   * Sees that a model can draft for another.
   * @throws StudioError MODEL_UNSUPPORTED naming both, the first difference and the drafts that fit; as languageModel
   */
  async check(modelId: string, draftModel: string, field: string): Promise<void> {
    const target = await this.#tokenizer(modelId)
    const drafter = await this.#tokenizer(draftModel)
    const difference = vocabularyDifference(target, drafter)
    if (difference === null) return
    const fitting = (await this.for(modelId)).filter((candidate) => candidate.difference === null)
    const names = fitting.map((candidate) => candidate.modelId).join(', ')
    throw new StudioError(
      'MODEL_UNSUPPORTED',
      `${drafter.name} cannot draft for ${target.name}: the tokenizers differ, ${difference}`,
      {
        field,
        remedy:
          fitting.length > 0
            ? `Drafts that fit ${target.name}: ${names}.`
            : `No other model in the library has the tokenizer of ${target.name}: add one of its family, or leave the strategy out.`,
      },
    )
  }

  async #tokenizer(modelId: string): Promise<TextTokenizer> {
    const { name, folder } = await this.#needs.languageModel(modelId)
    const { mtimeMs } = await stat(path.join(folder.path, 'tokenizer.json'))
    const key = JSON.stringify([folder.path, mtimeMs])
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const read = TextTokenizer.load(folder.path, name)
    this.#known.set(key, read)
    read.catch(() => this.#known.delete(key))
    return read
  }
}
