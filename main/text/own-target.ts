import type { GraphSession } from '../runtime/graph-session'
import { OwnCachedGraph } from './cached-graph'
import { forwardResultOf, rowOutputs } from './forward-result'
import type { ForwardRequest, ForwardResult, LanguageSizes, TargetSession, TokenCache, Wants } from './language-model'

/** The target of our layout: returns new rows alone and takes trees. */
export class OwnTarget implements TargetSession {
  readonly trees = true
  readonly hasHidden: boolean
  readonly #graph: OwnCachedGraph

  constructor(session: GraphSession, sizes: LanguageSizes) {
    this.#graph = new OwnCachedGraph('target', session, sizes)
    this.hasHidden = this.#graph.has('hidden')
  }

  createCache(): TokenCache {
    return this.#graph.createCache()
  }

  async forward(request: ForwardRequest, cache: TokenCache, wants: Wants = {}): Promise<ForwardResult> {
    const extra = (['logits', 'hidden'] as const).filter((name) => wants[name] === true)
    return forwardResultOf(await this.#graph.run(request, cache, [...rowOutputs, ...extra]), wants)
  }
}
