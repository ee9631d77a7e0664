import { Generator } from '../tensor/noise'
import { draw } from '../text/distribution'
import type { TargetSession } from '../text/language-model'
import { distributionOf, needsLogits, type SamplerSettings } from '../text/sampler'
import { TokenHistory } from '../text/token-history'
import type { Decoded } from './decode'
import { rewind, type ReadPrompt } from './read-prompt'
import { SplitCache, SplitTarget } from './split-target'

/** Where a run's tokens part from plain decoding's. */
export interface Difference {
  /** Place in the answer. */
  readonly place: number
  readonly token: number
  readonly plain: number
  /** By how much plain decoding preferred its own token, as a difference of logits; null where the run's is not in its top 64. */
  readonly gap: number | null
}

/**
 * Decodes plainly, one token after the other, and compares. In graphs that are not ours a forward over one row and a forward over
 * several may give different last bits, and a model in four bits may then choose another word; so each token is read by a forward of one
 * row where the run did so, and otherwise with a second row beside it that is thrown away. Forwards of two rows or more agree bit for bit.
 * @param prompt for the target; what its cache holds beyond the prompt is cut off
 * @returns the first difference; null where there is none, or where it was cancelled before one was found
 */
export async function differenceFromPlain(
  target: TargetSession,
  prompt: ReadPrompt,
  run: Pick<Decoded, 'tokens' | 'widths'>,
  settings: SamplerSettings & { readonly seed: number },
  isCancelled: () => boolean = () => false,
): Promise<Difference | null> {
  rewind(prompt)
  const history = new TokenHistory(prompt.tokens)
  const random = new Generator(settings.seed)
  let last = prompt.tokens.at(-1)!
  for (const [place, token] of run.tokens.entries()) {
    if (isCancelled()) return null
    const isWide = (run.widths[place] ?? 1) > 1
    const row = await readOne(target, prompt, last, isWide, needsLogits(settings))
    const plain = draw(distributionOf(row, settings, history), settings.temperature === 0 ? 0 : random.uniform())
    if (plain !== token) {
      const logit = row.topValues[row.topIds.indexOf(token)]
      const own = row.topValues[row.topIds.indexOf(plain)]
      return { place, token, plain, gap: logit === undefined || own === undefined ? null : own - logit }
    }
    history.push(token)
    last = token
  }
  return null
}

async function readOne(target: TargetSession, prompt: ReadPrompt, id: number, isWide: boolean, logits: boolean) {
  const { cache } = prompt
  const { length } = cache
  // A draft runs the lower layers over one row at a time, whatever the upper ones do.
  if (isWide && target instanceof SplitTarget && cache instanceof SplitCache) await target.readAhead(id, cache)
  const result = await target.forward({ ids: isWide ? [id, id] : [id] }, cache, { logits })
  cache.truncate(length + 1)
  return result.row(0)
}
