// Writing: one token after the other, each read back into the context.

import type { Sampling } from '../../contract/speculation'
import { Generator } from '../tensor/noise'
import { draw } from '../text/distribution'
import type { GenerationEnd } from '../text/generate'
import { distributionOf } from '../text/sampler'
import type { TextTokenizer } from '../text/text-tokenizer'
import { hasPenalties, TokenHistory } from '../text/token-history'
import { TokenText } from '../text/token-text'
import { topIndices } from '../text/top-values'
import type { Context } from './context'
import { isCancel, type BagelGraphs } from './graphs'
import { appendTokens } from './read-block'

export interface WriteOptions {
  readonly graphs: BagelGraphs
  readonly context: Context
  readonly tokenizer: TextTokenizer
  /** Tokens that the text begins with already. */
  readonly begun?: readonly number[]
  readonly maxTokens: number
  readonly sampling: Sampling
  /** Told after each token; the text may be empty where a character is incomplete. */
  readonly onToken: (text: string) => void
}

export interface WrittenText {
  /** Without those it began with, and without the end. */
  readonly ids: readonly number[]
  readonly text: string
  readonly finishReason: GenerationEnd
}

/**
 * Writes after all blocks of the context, until the model ends the text. Its rows are left behind the last block, to be made a block
 * or dropped. At temperature 0 the most likely token is taken, else one is drawn.
 * @throws StudioError NOT_FINITE; a cancel is not thrown but ends the text
 */
export async function writeText(options: WriteOptions): Promise<WrittenText> {
  const { graphs, context, tokenizer, begun = [], maxTokens, sampling, onToken } = options
  const { hidden, specialTokens, context: mostRows } = graphs.facts
  const { start, end } = specialTokens
  const random = new Generator(sampling.seed)
  const history = new TokenHistory()
  const written = new TokenText(tokenizer)
  const ids: number[] = []
  const finish = (finishReason: GenerationEnd): WrittenText => {
    const { text } = written.end()
    if (text !== '') onToken(text)
    return { ids, text: written.text, finishReason }
  }
  let next: readonly number[] = [start, ...begun]
  for (;;) {
    if (ids.length >= maxTokens) return finish('length')
    if (context.length + next.length > mostRows) return finish('context')
    try {
      const states = await appendTokens(graphs, context, next, 'rows and und')
      const logits = await graphs.logits(states.subarray(states.length - hidden))
      const token = pick(logits, sampling, history, random)
      // A second beginning would be cut off as well, with all that follows.
      if (token === end || token === start) return finish('end')
      history.push(token)
      ids.push(token)
      next = [token]
      onToken(written.push(token).text)
    } catch (error) {
      if (!isCancel(error)) throw error
      return finish('cancelled')
    }
  }
}

function pick(logits: Float32Array, sampling: Sampling, history: TokenHistory, random: Generator): number {
  if (sampling.temperature === 0 && !hasPenalties(sampling)) return topIndices(logits, 1)[0]!
  // The sampler finds the most likely ones itself where it needs them: most settings do not.
  const row = { logits, topIds: new Int32Array(0), topValues: new Float32Array(0), logSumExp: Number.NaN }
  const distribution = distributionOf(row, sampling, history)
  return sampling.temperature === 0 ? distribution.ids[0]! : draw(distribution, random.uniform())
}

/**
 * Makes the written text a block, as if it had been read: the next turn then finds it here. Not done, and its rows dropped, where
 * reading the text would give other tokens than those that were written.
 */
export async function keepWritten(
  graphs: BagelGraphs,
  context: Context,
  { ids, text }: Pick<WrittenText, 'ids' | 'text'>,
  tokenizer: TextTokenizer,
): Promise<void> {
  const read = tokenizer.encodePart(text)
  const isSame = read.length === ids.length && read.every((id, place) => id === ids[place])
  if (isSame && ids.length > 0) {
    // The end, and where the text was cut at its most tokens the last of them, were never fed.
    const fed = context.length - context.blockLength - 1
    await appendTokens(graphs, context, [...ids.slice(fed), graphs.facts.specialTokens.end], 'rows')
    context.close('text', ids.length + 2, ids.join(' '))
  }
  context.dropOpenRows()
}
