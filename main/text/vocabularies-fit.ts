import { StudioError } from '../../contract/errors'
import type { TextTokenizer } from './text-tokenizer'

/** llama.cpp's limits (common/speculative.cpp): drafts of a vocabulary that differs more are not worth checking. */
const mostDifference = 128
/** Ids below are special tokens, which may be named differently. */
const firstCompared = 5

/** Why one model's tokens cannot be read as the other's; null where they can. */
export function vocabularyDifference(target: TextTokenizer, drafter: TextTokenizer): string | null {
  if (target.type !== drafter.type) return `one is ${target.type}, the other ${drafter.type}`
  if (Math.abs(target.vocabularySize - drafter.vocabularySize) > mostDifference) {
    return `one has ${target.vocabularySize} tokens, the other ${drafter.vocabularySize}`
  }
  const [frame, other] = [target.frame(), drafter.frame()]
  if (frame.join() !== other.join()) {
    return `one puts the tokens [${frame.join(', ')}] around a text, the other [${other.join(', ')}]`
  }
  const both = Math.min(target.vocabularySize, drafter.vocabularySize)
  for (let id = firstCompared; id < both; id++) {
    const [one, two] = [target.vocabularyEntry(id), drafter.vocabularyEntry(id)]
    if (one !== two)
      return `token ${id} is ${JSON.stringify(one ?? '')} in one and ${JSON.stringify(two ?? '')} in the other`
  }
  return null
}

/**
 * Sees that a drafter speaks the target's tokens: the same kind of tokenizer, sizes within 128, the same tokens around a text, and
 * the same text for every id from 5 up.
 * @throws StudioError MODEL_UNSUPPORTED naming both models and the first difference
 */
export function checkVocabulariesFit(target: TextTokenizer, drafter: TextTokenizer): void {
  const difference = vocabularyDifference(target, drafter)
  if (difference === null) return
  throw new StudioError(
    'MODEL_UNSUPPORTED',
    `${drafter.name} cannot draft for ${target.name}: their vocabularies differ, ${difference}`,
    { remedy: `Choose a drafter that was made for ${target.name}, or of its family.` },
  )
}
