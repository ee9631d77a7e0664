// The target in two graphs, so that a drafter can leave after the lower layers and checking need not run them again (LayerSkip,
// Elhoushi et al. 2024, arXiv 2404.16710, section 3.3). `lower` followed by `upper` gives the same bits as `target`.

import { forwardResultOf, rowOutputs } from '../text/forward-result'
import type {
  CachedGraph,
  ForwardRequest,
  ForwardResult,
  TargetSession,
  TokenCache,
  Wants,
} from '../text/language-model'

/** Rows of both graphs. `lower` may be ahead by rows that were drafted with and not checked yet. */
export class SplitCache implements TokenCache {
  readonly lower: TokenCache
  readonly upper: TokenCache
  /** Ids of the rows by which `lower` is ahead, and the exit's hidden states of them. */
  readonly ahead: { readonly id: number; readonly hidden: Float32Array }[] = []

  constructor(lower: TokenCache, upper: TokenCache) {
    this.lower = lower
    this.upper = upper
  }

  get length(): number {
    return this.upper.length
  }

  truncate(length: number): void {
    this.upper.truncate(length)
    this.#forgetAhead()
  }

  keepRows(from: number, indices: readonly number[]): void {
    this.#forgetAhead()
    this.lower.keepRows(from, indices)
    this.upper.keepRows(from, indices)
  }

  #forgetAhead(): void {
    this.ahead.length = 0
    this.lower.truncate(Math.min(this.lower.length, this.upper.length))
  }
}

export class SplitTarget implements TargetSession {
  readonly trees = true
  readonly hasHidden = true
  readonly #lower: CachedGraph
  readonly #upper: CachedGraph

  constructor(lower: CachedGraph, upper: CachedGraph) {
    this.#lower = lower
    this.#upper = upper
  }

  createCache(): SplitCache {
    return new SplitCache(this.#lower.createCache(), this.#upper.createCache())
  }

  /**
   * Runs the lower layers over one token of a draft, ahead of the next forward.
   * @returns the exit's hidden state, [1, hidden]
   */
  async readAhead(id: number, cache: SplitCache): Promise<Float32Array> {
    const outputs = await this.#lower.run({ ids: [id] }, cache.lower, ['exit_hidden'])
    const hidden = outputs.float('exit_hidden')
    cache.ahead.push({ id, hidden })
    return hidden
  }

  /** As the whole target. Leading rows of a chain that were read ahead are not read again. */
  async forward(
    request: ForwardRequest & { readonly ids: readonly number[] },
    cache: TokenCache,
    wants: Wants = {},
  ): Promise<ForwardResult> {
    if (!(cache instanceof SplitCache)) throw new RangeError('The split target needs a cache that it made')
    const parts = await this.#exitHidden(request, cache)
    const hidden = parts.length === 1 ? parts[0]! : joined(parts)
    const extra = (['logits', 'hidden'] as const).filter((name) => wants[name] === true)
    const outputs = await this.#upper.run({ ...request, hidden }, cache.upper, [...rowOutputs, ...extra])
    cache.ahead.length = 0
    return forwardResultOf(outputs, wants)
  }

  async #exitHidden(
    request: ForwardRequest & { readonly ids: readonly number[] },
    cache: SplitCache,
  ): Promise<Float32Array[]> {
    const { ids, parents } = request
    let known = 0
    if (parents === undefined) while (known < ids.length && cache.ahead[known]?.id === ids[known]) known += 1
    const parts = cache.ahead.slice(0, known).map(({ hidden }) => hidden)
    cache.lower.truncate(cache.upper.length + known)
    if (known === ids.length) return parts
    const rest = { ...request, ids: ids.slice(known) }
    parts.push((await this.#lower.run(rest, cache.lower, ['exit_hidden'])).float('exit_hidden'))
    return parts
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let place = 0
  for (const part of parts) {
    all.set(part, place)
    place += part.length
  }
  return all
}
