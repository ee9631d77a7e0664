import type { CachedGraph, GraphOutputs, TokenCache } from '../../text/language-model'
import type { CommittedHidden, Observation } from '../strategy'
import { readInParts } from './read-in-parts'

/**
 * Feeds a multi-token prediction module with what really happened. Its cache has one row for each position i that the target has
 * read: made from the target's hidden state of i and token i + 1. Rows made from guesses are cut off after each round, and those of
 * the committed positions are read with the next draft.
 */
export class MtpReader {
  readonly #graph: CachedGraph
  #cache: TokenCache
  /** Committed positions that were not read yet. */
  #waiting: CommittedHidden[] = []
  /** Rows made from true hidden states. */
  #known = 0

  constructor(graph: CachedGraph) {
    this.#graph = graph
    this.#cache = graph.createCache()
  }

  get cache(): TokenCache {
    return this.#cache
  }

  async reset({ tokens, hidden }: Observation, fetches: readonly string[] = []): Promise<void> {
    this.#cache = this.#graph.createCache()
    this.#known = 0
    this.#waiting = []
    if (hidden === null) return
    const width = hidden.values.length / hidden.rows
    // The last row is left to the first draft: its answer is the guess.
    await readInParts(hidden.rows - 1, async (from, to) => {
      const rows = hidden.values.subarray(from * width, to * width)
      const ids = tokens.slice(from + 1, to + 1)
      await this.#graph.run({ hidden: rows, ids, answered: 1 }, this.#cache, fetches)
    })
    this.#known = this.#cache.length
    const last = hidden.rows - 1
    this.observe({ tokens, hidden: { from: last, rows: 1, values: hidden.values.subarray(last * width) } })
  }

  observe({ hidden }: Observation): void {
    this.forgetGuesses()
    if (hidden !== null) this.#waiting.push(hidden)
  }

  /** Cuts off what was read of a draft. */
  forgetGuesses(): void {
    this.#cache.truncate(this.#known)
  }

  /**
   * Reads all that waits; the answer's last row tells of the token after the root.
   * @param tokens prompt and output, the root last
   * @returns null where nothing was committed since the last call
   */
  async catchUp(tokens: readonly number[], fetches: readonly string[]): Promise<GraphOutputs | null> {
    this.forgetGuesses()
    const first = this.#waiting[0]
    if (first === undefined) return null
    const rows = this.#waiting.reduce((sum, part) => sum + part.rows, 0)
    const width = first.values.length / first.rows
    const values = new Float32Array(rows * width)
    for (const part of this.#waiting) values.set(part.values, (part.from - first.from) * width)
    const ids = tokens.slice(first.from + 1, first.from + 1 + rows)
    const outputs = await this.#graph.run({ hidden: values, ids, answered: 1 }, this.#cache, fetches)
    this.#waiting = []
    this.#known = this.#cache.length
    return outputs
  }
}
