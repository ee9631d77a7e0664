// A target whose distribution is known exactly: eight tokens, and the next one depends on the last two.

import { Generator } from '../../tensor/noise'
import { distributionOf, type SamplerSettings } from '../../text/sampler'
import { probabilityOf, type Distribution } from '../../text/distribution'
import type {
  CachedGraph,
  ForwardRequest,
  ForwardResult,
  GraphOutputs,
  LogitsRow,
  TargetSession,
  TokenCache,
} from '../../text/language-model'
import { TokenHistory } from '../../text/token-history'
import { topIndices } from '../../text/top-values'

export const vocabulary = 8

/** Logits of every pair of last tokens. */
export class MarkovTable {
  readonly #logits: readonly Float32Array[]

  constructor(seed: number, spread = 1.5) {
    const random = new Generator(seed)
    this.#logits = Array.from({ length: vocabulary ** 2 }, () =>
      random.randn(new Float32Array(vocabulary)).map((value) => spread * value),
    )
  }

  /** The view after a text. */
  rowAfter(tokens: readonly number[]): LogitsRow {
    const logits = this.#logits[(tokens.at(-2) ?? 0) * vocabulary + tokens.at(-1)!]!
    const topIds = topIndices(logits, vocabulary)
    const topValues = Float32Array.from(topIds, (id) => logits[id]!)
    const logSumExp = Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0))
    return { topIds, topValues, logSumExp, logits }
  }
}

/** Holds token ids where a real cache holds their keys and values. */
export class ListCache implements TokenCache {
  ids: number[] = []

  get length(): number {
    return this.ids.length
  }

  truncate(length: number): void {
    if (length > this.ids.length) throw new RangeError('Fewer rows are held')
    this.ids.length = length
  }

  keepRows(from: number, indices: readonly number[]): void {
    const kept = indices.map((index) => this.ids[from + index]!)
    this.ids = [...this.ids.slice(0, from), ...kept]
  }
}

/** What a row sees: the cache, its ancestors and itself. */
export function textOfRow(request: ForwardRequest, cached: readonly number[], row: number): number[] {
  const ids = request.ids ?? []
  const path: number[] = []
  for (let at = row; at >= 0; at = request.parents?.[at] ?? (request.parents === undefined ? at - 1 : -1))
    path.unshift(ids[at]!)
  return [...cached, ...path]
}

export class MarkovTarget implements TargetSession {
  readonly trees = true
  readonly hasHidden = true
  forwards = 0
  readonly #table: MarkovTable
  readonly #makeCache: () => ListCache
  readonly #view: typeof textOfRow

  /** @param faults stand-ins for a correct cache and mask */
  constructor(table: MarkovTable, faults: { makeCache?: () => ListCache; view?: typeof textOfRow } = {}) {
    this.#table = table
    this.#makeCache = faults.makeCache ?? (() => new ListCache())
    this.#view = faults.view ?? textOfRow
  }

  createCache(): ListCache {
    return this.#makeCache()
  }

  async forward(
    request: ForwardRequest & { readonly ids: readonly number[] },
    cache: TokenCache,
  ): Promise<ForwardResult> {
    const list = cache as ListCache
    this.forwards += 1
    const views = request.ids.map((_, row) => this.#table.rowAfter(this.#view(request, list.ids, row)))
    list.ids.push(...request.ids)
    // One number a row: enough for drafters that want to know where they are.
    const hidden = Float32Array.from(request.ids)
    return { rows: request.ids.length, row: (index) => views[index]!, hidden }
  }
}

/** A drafter's graph over another table. Outputs are those of every role. */
export class MarkovGraph implements CachedGraph {
  readonly role = 'draft'
  readonly cacheLayers = 1
  readonly topCount = vocabulary
  /** Texts that rows stood for, to see whether the drafter's cache is right. */
  readonly seen: number[][] = []
  readonly #table: MarkovTable

  constructor(table: MarkovTable) {
    this.#table = table
  }

  createCache(): ListCache {
    return new ListCache()
  }

  async run(request: ForwardRequest, cache: TokenCache | null): Promise<GraphOutputs> {
    const list = cache as ListCache | null
    const ids = request.ids ?? Array.from(request.hidden ?? [])
    const rows = ids.map((_, row) => {
      const text = textOfRow({ ...request, ids }, list?.ids ?? [], row)
      this.seen.push(text)
      return this.#table.rowAfter(text)
    })
    list?.ids.push(...ids)
    const top = rows.flatMap(({ topIds }) => [...topIds])
    const values = rows.flatMap(({ topValues }) => [...topValues])
    return {
      rows: rows.length,
      float: (name) =>
        Float32Array.from(
          name === 'top_values' ? values : name === 'log_sum_exp' ? rows.map(({ logSumExp }) => logSumExp) : ids,
        ),
      ints: () => Int32Array.from(top),
      shape: () => [1, rows.length, vocabulary],
    }
  }
}

/** Heads that guess with tables of their own. */
export class MarkovHeads extends MarkovGraph {
  readonly #heads: readonly MarkovTable[]
  /** Medusa gives [heads, n]; parallel prediction [heads, S, n]. */
  readonly #perRow: boolean

  constructor(heads: readonly MarkovTable[], perRow: boolean) {
    super(heads[0]!)
    this.#heads = heads
    this.#perRow = perRow
  }

  override async run(request: ForwardRequest, cache: TokenCache | null): Promise<GraphOutputs> {
    const list = cache as ListCache | null
    const ids = Array.from(request.hidden ?? [])
    const rows = this.#heads.flatMap((head) => ids.map((id) => head.rowAfter([id])))
    list?.ids.push(...ids)
    return {
      rows: ids.length,
      float: () =>
        Float32Array.from(rows.flatMap(({ topValues, logSumExp }) => [...topValues].map((v) => v - logSumExp))),
      ints: () => Int32Array.from(rows.flatMap(({ topIds }) => [...topIds])),
      shape: () => (this.#perRow ? [this.#heads.length, ids.length, vocabulary] : [this.#heads.length, vocabulary]),
    }
  }
}

/** Exact probability of every text of `length` tokens after a prompt: the index is the tokens as digits. */
export function exactDistribution(
  table: MarkovTable,
  prompt: readonly number[],
  length: number,
  settings: SamplerSettings,
  output: readonly number[] = [],
): number[] {
  if (output.length === length) return [1]
  const history = new TokenHistory(prompt)
  history.push(...output)
  const p: Distribution = distributionOf(table.rowAfter([...prompt, ...output]), settings, history)
  return Array.from({ length: vocabulary }, (_, token) => {
    const probability = probabilityOf(p, token)
    if (probability === 0) return new Array<number>(vocabulary ** (length - output.length - 1)).fill(0)
    const rest = exactDistribution(table, prompt, length, settings, [...output, token])
    return rest.map((value) => probability * value)
  }).flat()
}
