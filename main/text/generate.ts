// Plain decoding: one forward a token.

import type { Sampling } from '../../contract/speculation'
import { Generator } from '../tensor/noise'
import { draw } from './distribution'
import type { LanguageModel, LogitsRow, TargetSession } from './language-model'
import { prefill } from './prefill'
import { logProbabilityOf } from './row-statistics'
import { distributionOf, needsLogits } from './sampler'
import { TokenHistory } from './token-history'
import { TokenText } from './token-text'

export interface GenerateOptions {
  readonly model: Pick<LanguageModel, 'tokenizer' | 'endTokens' | 'sizes'>
  readonly target: TargetSession
  /** Of promptIds. */
  readonly prompt: readonly number[]
  readonly sampling: Sampling
  readonly maxTokens: number
  readonly stop?: readonly string[]
  /** Asked between forwards. */
  readonly isCancelled?: () => boolean
}

export type GenerationEnd = 'end' | 'length' | 'stop' | 'cancelled' | 'context'

export type GenerationEvent =
  | {
      readonly type: 'token'
      readonly token: number
      /** Text to show now: empty where a character or a stop text may be incomplete. */
      readonly text: string
      /** Natural logarithm, at temperature 1. */
      readonly logProbability: number
    }
  | {
      readonly type: 'end'
      readonly finishReason: GenerationEnd
      /** What was held back. */
      readonly text: string
    }

/**
 * Writes after a prompt. Yields every token, an end token included, and at last why it ended; all texts together are the answer.
 * A draw takes one number from a Mersenne Twister of the seed (`Generator.uniform`); at temperature 0 none is drawn.
 * @throws as TargetSession.forward and distributionOf
 */
export async function* generate(options: GenerateOptions): AsyncGenerator<GenerationEvent, void, undefined> {
  const { model, target, prompt, sampling, maxTokens, stop = [], isCancelled = () => false } = options
  const wants = { logits: needsLogits(sampling) }
  const random = new Generator(sampling.seed)
  const history = new TokenHistory(prompt)
  const answer = new TokenText(model.tokenizer, stop)
  const cache = target.createCache()
  const end = (finishReason: GenerationEnd): GenerationEvent => ({ type: 'end', finishReason, text: answer.end().text })

  let row = await prefill(target, cache, prompt, { wants, isCancelled })
  for (let count = 1; row !== null && !isCancelled(); count++) {
    const token = choose(row, sampling, history, random)
    history.push(token)
    const { text, stopped } = answer.push(token)
    yield { type: 'token', token, text, logProbability: logProbabilityOf(row, token) ?? Number.NaN }
    if (stopped) return void (yield end('stop'))
    if (model.endTokens.has(token)) return void (yield end('end'))
    if (count >= maxTokens) return void (yield end('length'))
    if (cache.length >= model.sizes.contextLength) return void (yield end('context'))
    if (isCancelled()) break
    row = (await target.forward({ ids: [token] }, cache, wants)).row(0)
  }
  yield end('cancelled')
}

function choose(row: LogitsRow, sampling: Sampling, history: TokenHistory, random: Generator): number {
  const distribution = distributionOf(row, sampling, history)
  return sampling.temperature === 0 ? distribution.ids[0]! : draw(distribution, random.uniform())
}
