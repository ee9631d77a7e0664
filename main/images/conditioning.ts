// What the transformer is told about the text: rows of context (CLIP-L beside CLIP-G, below them T5) and one pooled
// vector. Any encoder can be left out; zeros stand for it, as SD3 was trained. Source: diffusers
// StableDiffusion3Pipeline.encode_prompt.

import { EmbeddingCache, type Embedding } from './embedding-cache'
import type { EncoderFacts, EncoderName, Sd3Folder } from './folder'
import type { GraphRunner } from './graph-runner'
import type { ImageRun } from './image-run'
import { tokenizerOf } from './prompt-tokens'
import { TextEncoderGraph } from './text-encoder-graph'
import type { Conditioning } from './transformer-graph'

/** The text that each encoder reads. */
export type PromptTexts = Readonly<Record<EncoderName, string>>

/** What the encoders made of one prompt; those that are not there or were left out are absent. */
export type EncodedPrompt = Readonly<Partial<Record<EncoderName, Embedding>>>

export interface EncodeOptions {
  /** CLIP layers to leave out for the positive prompt, besides the last one. */
  readonly clipSkip: number
  readonly without: readonly EncoderName[]
}

export interface EncodedPrompts {
  readonly positive: EncodedPrompt
  readonly negative: EncodedPrompt | undefined
}

/**
 * Encodes both prompts, one encoder after another so that only one need be in memory. A text's embedding does not depend
 * on what it is encoded with: each runs alone.
 */
export async function encodePrompts(
  folder: Sd3Folder,
  positive: PromptTexts,
  negative: PromptTexts | undefined,
  options: EncodeOptions,
  run: ImageRun,
  runner: GraphRunner,
): Promise<EncodedPrompts> {
  const cache = run.embeddings ?? new EmbeddingCache()
  const encoded: {
    positive: Partial<Record<EncoderName, Embedding>>
    negative: Partial<Record<EncoderName, Embedding>>
  } = {
    positive: {},
    negative: {},
  }
  for (const encoder of folder.encoders) {
    if (options.without.includes(encoder.name)) continue
    const embed = new LazyEncoder(folder, encoder, cache, runner)
    encoded.positive[encoder.name] = await embed.encode(positive[encoder.name], options.clipSkip)
    // CLIP skip counts for the positive prompt alone, as in diffusers.
    if (negative !== undefined) encoded.negative[encoder.name] = await embed.encode(negative[encoder.name], 0)
    if (embed.isOpen) await run.stageDone([encoder.role])
  }
  return { positive: encoded.positive, negative: negative === undefined ? undefined : encoded.negative }
}

/** One encoder, whose graph is loaded only where a text is not in the cache. */
class LazyEncoder {
  readonly #folder: Sd3Folder
  readonly #encoder: EncoderFacts
  readonly #cache: EmbeddingCache
  readonly #runner: GraphRunner
  #graph: TextEncoderGraph | undefined

  constructor(folder: Sd3Folder, encoder: EncoderFacts, cache: EmbeddingCache, runner: GraphRunner) {
    this.#folder = folder
    this.#encoder = encoder
    this.#cache = cache
    this.#runner = runner
  }

  get isOpen(): boolean {
    return this.#graph !== undefined
  }

  async encode(text: string, clipSkip: number): Promise<Embedding> {
    const { name, role, maxTokens } = this.#encoder
    const skip = name === 'T5' ? 0 : clipSkip
    const key = JSON.stringify([this.#folder.graphs[role], this.#folder.bytes, maxTokens, skip, text])
    const known = this.#cache.get(key)
    if (known !== undefined) return known
    const graph = await this.#open()
    if (skip > 0 && !graph.canSkip) {
      this.#runner.emit({
        type: 'log',
        text: `CLIP skip has no effect: this export of ${name} gives its last state only`,
      })
    }
    this.#runner.emit({ type: 'stage', stage: 'encode', label: `Reading the prompt: ${name}`, item: 0 })
    const tokenizer = await this.#runner.timed('load', () => tokenizerOf(this.#encoder))
    const embedding = await this.#runner.timed('encode', () => {
      const { ids } = tokenizer.encode(text, graph.fixedLength ?? maxTokens)
      return graph.encode(ids, skip)
    })
    this.#cache.set(key, embedding)
    return embedding
  }

  async #open(): Promise<TextEncoderGraph> {
    const { name, role } = this.#encoder
    this.#graph ??= new TextEncoderGraph(await this.#runner.open(role, 0), this.#runner, name === 'T5' ? 't5' : 'clip')
    return this.#graph
  }
}

export interface ContextSizes {
  /** Width of a context row. */
  readonly width: number
  /** Length of the pooled vector where the graph says. */
  readonly pooled: number | undefined
  /** Rows that stand for CLIP and for T5 where they are left out. */
  readonly clipTokens: number
  readonly t5Tokens: number
}

/** Puts the encoders' results together; what is absent stays zero. */
export function assembleConditioning(encoded: EncodedPrompt, sizes: ContextSizes): Conditioning {
  const { 'CLIP-L': clipL, 'CLIP-G': clipG, T5: t5 } = encoded
  const clipTokens = clipL?.tokens ?? clipG?.tokens ?? sizes.clipTokens
  const tokens = clipTokens + (t5?.tokens ?? sizes.t5Tokens)
  const context = new Float32Array(tokens * sizes.width)
  const pooledSize = sizes.pooled ?? (clipL?.pooled?.length ?? 0) + (clipG?.pooled?.length ?? 0)
  const pooled = new Float32Array(pooledSize)
  // CLIP-G begins where CLIP-L ends, or would end: the pooled vector holds just the two.
  const widthL = clipL?.width ?? Math.max(0, pooledSize - (clipG?.width ?? 0))
  if (clipL !== undefined) copyRows(clipL, context, sizes.width, 0, 0)
  if (clipG !== undefined) copyRows(clipG, context, sizes.width, 0, widthL)
  if (t5 !== undefined) copyRows(t5, context, sizes.width, clipTokens, 0)
  if (clipL?.pooled !== undefined) pooled.set(clipL.pooled.subarray(0, pooledSize))
  if (clipG?.pooled !== undefined) pooled.set(clipG.pooled, pooledSize - clipG.pooled.length)
  return { context, tokens, pooled }
}

/** Copies an embedding's rows to a place in the context; what does not fit the width is cut, as torch's pad does. */
function copyRows(from: Embedding, context: Float32Array, width: number, firstRow: number, firstColumn: number): void {
  const columns = Math.min(from.width, width - firstColumn)
  if (columns <= 0) return
  for (let row = 0; row < from.tokens; row++) {
    const source = from.states.subarray(row * from.width, row * from.width + columns)
    context.set(source, (firstRow + row) * width + firstColumn)
  }
}
