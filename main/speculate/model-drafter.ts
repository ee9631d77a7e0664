// A whole language model as a drafter for another. Vocabularies may differ by a few unused ids (see vocabularies-fit.ts): ids that
// one side does not know never reach it.

import type { CachedGraph, ForwardRequest, GraphOutputs, TargetSession, TokenCache } from '../text/language-model'

export interface ModelDrafterOptions {
  readonly session: TargetSession
  /** Ids that the drafter can read, from 0 up. */
  readonly readable: number
  /** Ids that the target can read: others are never drafted. */
  readonly wanted: number
}

/** What `DraftModelStrategy` runs, over a target's session: the guesses of the last row. */
export class ModelDrafter implements CachedGraph {
  readonly role = 'draft'
  readonly cacheLayers = 1
  readonly topCount = 64
  readonly #options: ModelDrafterOptions

  constructor(options: ModelDrafterOptions) {
    this.#options = options
  }

  createCache(): TokenCache {
    return this.#options.session.createCache()
  }

  async run({ ids = [] }: ForwardRequest, cache: TokenCache | null): Promise<GraphOutputs> {
    const { session, readable, wanted } = this.#options
    if (cache === null) throw new RangeError('A drafting model needs a cache that it made')
    // What it cannot read stands for nothing that it knows; its guesses after that may be poor, never wrong.
    const known = ids.map((id) => (id < readable ? id : 0))
    const result = await session.forward({ ids: known }, cache)
    const { topIds, topValues, logSumExp } = result.row(result.rows - 1)
    const places = [...topIds.keys()].filter((place) => topIds[place]! < wanted)
    const columns = {
      top_ids: Int32Array.from(places, (place) => topIds[place]!),
      top_values: Float32Array.from(places, (place) => topValues[place]!),
      log_sum_exp: Float32Array.of(logSumExp),
    }
    return {
      rows: 1,
      float: (name) => (name === 'top_values' ? columns.top_values : columns.log_sum_exp),
      ints: () => columns.top_ids,
      shape: () => [1, 1, places.length],
    }
  }
}
