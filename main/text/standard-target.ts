// The target of transformers.js-style exports: the whole past goes in and comes out again with every forward, and the mask has
// two dimensions, so rows cannot branch. Reference: js/src in huggingface/transformers.js (models/modeling_utils.js).

import { StudioError } from '../../contract/errors'
import type { GraphSession, ValueInfo } from '../runtime/graph-session'
import { float16To32 } from '../tensor/float16'
import { tensor, type Tensor } from '../tensor/tensor'
import { checkContext, int64 } from './cached-graph'
import { forwardResultFromLogits } from './forward-result'
import type { ForwardRequest, ForwardResult, LanguageSizes, TargetSession, TokenCache } from './language-model'
import { PresentCache } from './present-cache'

const pastName = /^past_key_values\.(?<rest>\d+\.(?:key|value))$/u

export class StandardTarget implements TargetSession {
  readonly trees = false
  readonly hasHidden = false
  readonly #session: GraphSession
  readonly #sizes: LanguageSizes
  readonly #past: readonly { readonly input: ValueInfo; readonly output: string }[]
  readonly #inputs: ReadonlySet<string>

  /** @throws StudioError MODEL_UNSUPPORTED where the graph wants something that no chain can feed */
  constructor(session: GraphSession, sizes: LanguageSizes) {
    this.#session = session
    this.#sizes = sizes
    this.#inputs = new Set(session.inputs.map(({ name }) => name))
    this.#past = session.inputs.flatMap((input) => {
      const rest = pastName.exec(input.name)?.groups?.['rest']
      return rest === undefined ? [] : [{ input, output: `present.${rest}` }]
    })
    const stranger = session.inputs.find(({ name }) => !pastName.test(name) && !(name in this.#small([0], 0)))
    if (stranger !== undefined) {
      throw new StudioError('MODEL_UNSUPPORTED', `The language model's graph wants "${stranger.name}"`, {
        remedy: 'Choose an export for text generation with input_ids, attention_mask and past_key_values.',
      })
    }
  }

  createCache(): PresentCache {
    return new PresentCache(this.#past.map(({ input }) => input))
  }

  async forward(
    request: ForwardRequest & { readonly ids: readonly number[] },
    cache: TokenCache,
  ): Promise<ForwardResult> {
    const { ids, parents } = request
    if (!(cache instanceof PresentCache)) throw new RangeError('The target needs a cache that it made')
    if (parents?.some((parent, row) => parent !== row - 1) === true) {
      throw new RangeError('This graph reads chains only: `trees` says so')
    }
    const past = cache.length
    checkContext([past + ids.length - 1], this.#sizes.contextLength)
    const feeds: Record<string, Tensor> = {}
    for (const [name, make] of Object.entries(this.#small(ids, past))) if (this.#inputs.has(name)) feeds[name] = make()
    this.#past.forEach(({ input }, index) => (feeds[input.name] = cache.past(index)))
    const presents = this.#past.map(({ output }) => output)
    const outputs = await this.#session.run(feeds, ['logits', ...presents])
    cache.replace(
      presents.map((name) => outputs[name]!),
      past + ids.length,
    )
    const { data } = outputs['logits']!
    const logits = data instanceof Uint16Array ? float16To32(data) : (data as Float32Array)
    return forwardResultFromLogits(logits, ids.length)
  }

  /** Everything but the past that such graphs may want. */
  #small(ids: readonly number[], past: number): Record<string, () => Tensor> {
    const rows = ids.length
    return {
      input_ids: () => int64([1, rows], ids),
      attention_mask: () => int64([1, past + rows], new Array<number>(past + rows).fill(1)),
      position_ids: () =>
        int64(
          [1, rows],
          ids.map((_, row) => past + row),
        ),
      // Merged exports hold a graph for an empty past and one for any other.
      use_cache_branch: () => tensor('bool', [1], Uint8Array.of(past > 0 ? 1 : 0)),
      // 0 stands for all rows.
      num_logits_to_keep: () => tensor('int64', [], BigInt64Array.of(0n)),
    }
  }
}
