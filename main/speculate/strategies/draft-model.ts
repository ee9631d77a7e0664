// A small language model drafts, token by token (Leviathan et al. 2023, arXiv 2211.17192; Chen et al. 2023, arXiv 2302.01318).

import type { CachedGraph, TokenCache } from '../../text/language-model'
import { draftChain, type Guess } from '../draft-chain'
import type { Draft, DraftContext, DraftStrategy, Observation } from '../strategy'
import { lastGuess, guessOutputs } from './guess-outputs'
import { readInParts } from './read-in-parts'

export class DraftModelStrategy implements DraftStrategy {
  readonly name = 'draft'
  readonly needsHidden = false
  readonly draws = true
  readonly #graph: CachedGraph
  readonly #source: string
  readonly #contextLength: number
  #cache: TokenCache

  /**
   * @param options.source who guesses, for people
   * @param options.contextLength most tokens that it reads: where the text grows longer, it drafts no more
   */
  constructor(graph: CachedGraph, { source = 'draft model', contextLength = Number.POSITIVE_INFINITY } = {}) {
    this.#graph = graph
    this.#source = source
    this.#contextLength = contextLength
    this.#cache = graph.createCache()
  }

  async reset({ tokens }: Observation): Promise<void> {
    this.#cache = this.#graph.createCache()
    if (tokens.length >= this.#contextLength) return
    await readInParts(tokens.length - 1, async (from, to) => {
      await this.#graph.run({ ids: tokens.slice(from, to) }, this.#cache, [])
    })
  }

  async draft(context: DraftContext): Promise<Draft> {
    const { tokens } = context
    const maxDepth = Math.min(context.maxDepth, this.#contextLength - tokens.length)
    if (maxDepth < 1) return { tree: [], steps: 0 }
    const tree = await draftChain(
      { ...context, maxDepth },
      () => this.#source,
      // First everything that it has not read: the root, and after a draft that passed whole also its last token.
      (previous) => this.#read(previous === null ? tokens.slice(this.#cache.length) : [previous]),
    )
    return { tree, steps: tree.length }
  }

  /** Rows of refused tokens go. Where all passed, the last drafted token was never read: the next draft catches up. */
  async observe({ tokens }: Observation): Promise<void> {
    this.#cache.truncate(Math.min(this.#cache.length, tokens.length - 1))
  }

  async #read(ids: readonly number[]): Promise<Guess> {
    return lastGuess(await this.#graph.run({ ids }, this.#cache, guessOutputs))
  }
}
