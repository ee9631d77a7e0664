// What a causal language model offers to those who decode with it: the plain loop in generate.ts and the strategies of
// main/speculate. Types only. Docs: "Causal language models" in docs/graphs.md.
//
// S rows are new, P rows are cached, V is the vocabulary. Row t of a cache belongs to position t.

import type { LanguageFolder } from './language-folder'
import type { TextTokenizer } from './text-tokenizer'

/** Sizes as `studio.json` or `config.json` give them. */
export interface LanguageSizes {
  readonly layers: number
  readonly hidden: number
  /** Key-value heads times head size: floats in one row of a layer's keys. */
  readonly keyValueWidth: number
  readonly vocabulary: number
  /** Most positions: prompt and output together. */
  readonly contextLength: number
  /** Layers in `lower`; 0 where the target is not split. */
  readonly exitLayers: number
  /** Tokens that the drafters' trimmed heads know; 0 where there are none. */
  readonly draftVocabulary: number
}

/** Graphs of our layout; a folder has those that it names. */
export type LanguageRole = 'target' | 'lower' | 'upper' | 'draft' | 'early-exit' | 'medusa' | 'mtp' | 'mtp-parallel'

/** Keys and values of the tokens read so far. Forwards append to it; rows that turn out wrong are cut off again. */
export interface TokenCache {
  /** Rows held: the P of the next forward. */
  readonly length: number
  /** Forgets all rows from `length` on. @throws RangeError where fewer rows are held */
  truncate(length: number): void
  /**
   * Keeps the first `from` rows and, after them, the rows `from + indices[0]`, `from + indices[1]`, ...; the rest goes. It turns
   * the rows of a tree's accepted path into a chain.
   * @param indices ascending, counted from `from`
   */
  keepRows(from: number, indices: readonly number[]): void
}

/** What a graph is to read. Which fields it takes is written in docs/graphs.md; what it does not take is passed over. */
export interface ForwardRequest {
  /** S token ids. */
  readonly ids?: readonly number[]
  /** S rows of hidden states, [S, hidden]. */
  readonly hidden?: Float32Array
  /**
   * For a tree: the parent of each new row among the new rows, or -1 where it follows the last cached row. A parent comes before
   * its children. A chain where absent.
   */
  readonly parents?: readonly number[]
  /** P + depth of the row where absent. */
  readonly positions?: readonly number[]
  /** How many rows the answer is about, counted from the last. All where absent, or where a graph knows nothing of it. */
  readonly answered?: number
}

/** One row of the target's answer: its view of the token that comes next. */
export interface LogitsRow {
  /** The most likely ids, highest first, ties to the lowest id. 64, or as many as the vocabulary has. */
  readonly topIds: Int32Array
  /** Their logits. */
  readonly topValues: Float32Array
  /** Of all V logits: `topValues[i] - logSumExp` is a log-probability at temperature 1. */
  readonly logSumExp: number
  /** All V logits, where they were asked for. */
  readonly logits: Float32Array | null
}

export interface ForwardResult {
  /** S. */
  readonly rows: number
  /** View of one row, 0 to S - 1. */
  row(index: number): LogitsRow
  /** [S, hidden] after the final norm, where asked for. */
  readonly hidden: Float32Array | null
}

/** What to copy out of the graph besides the top 64: each costs time. */
export interface Wants {
  /** 4 V bytes a row. See `needsLogits` in sampler.ts. */
  readonly logits?: boolean
  /** Not every layout has it: `hasHidden`. */
  readonly hidden?: boolean
}

/** A target: the model whose words are written. */
export interface TargetSession {
  /** Whether rows may branch. Without trees `parents` is refused. */
  readonly trees: boolean
  readonly hasHidden: boolean
  createCache(): TokenCache
  /**
   * Reads S new tokens after those in the cache, and appends all S to it: the caller cuts back what it does not accept.
   * Blocks this thread meanwhile.
   * @throws StudioError INVALID_INPUT where the context length would be passed, as GraphSession.run
   */
  forward(
    request: ForwardRequest & { readonly ids: readonly number[] },
    cache: TokenCache,
    wants?: Wants,
  ): Promise<ForwardResult>
}

/** A model in use, with one precision on one device. */
export interface LanguageModel {
  readonly folder: LanguageFolder
  readonly precision: string
  readonly sizes: LanguageSizes
  readonly tokenizer: TextTokenizer
  /** Put before every prompt by its model; null where there is none. */
  readonly beginToken: number | null
  /** Tokens at which an answer is over. */
  readonly endTokens: ReadonlySet<number>
  openTarget(): Promise<TargetSession>
  /**
   * Opens another graph of the folder.
   * @throws StudioError MODEL_UNSUPPORTED where the folder does not have it, as openGraph
   */
  openGraph(role: Exclude<LanguageRole, 'target'>): Promise<CachedGraph>
}

/** One of our graphs with its past fed from a cache: what `lower`, `upper` and the drafters are run through. */
export interface CachedGraph {
  readonly role: LanguageRole
  /** Layers (or heads) of past that it takes; 0 where it takes none. */
  readonly cacheLayers: number
  /** Sizes of its declared outputs, for what is not in `LanguageSizes`: number of top ids, heads. */
  readonly topCount: number
  createCache(): TokenCache
  /**
   * Runs the graph over S rows and appends their keys and values to the cache.
   * @param fetches outputs to copy out besides `new_rows`; int64 ones come as Int32Array
   */
  run(request: ForwardRequest, cache: TokenCache | null, fetches: readonly string[]): Promise<GraphOutputs>
}

export interface GraphOutputs {
  /** S, or as many of them as were to be answered. */
  readonly rows: number
  float(name: string): Float32Array
  ints(name: string): Int32Array
  shape(name: string): readonly number[]
}
