// CLIP's tokenizer: lower-cased byte-level byte-pair encoding, `</w>` at the end of a word.
// The published Stable Diffusion 3 folders have vocab.json and merges.txt only, no tokenizer.json.

import path from 'node:path'
import * as z from 'zod'
import { splitAtTokens, type AddedToken } from './added-tokens'
import { BytePairs } from './byte-pairs'
import { brokenFile, readJson, readOptionalJson, readText } from './model-files'
import type { PromptIds, PromptTokenizer } from './prompt-tokenizer'
import { normaliseForClip, type TracedText } from './traced-text'

export interface ClipVocabulary {
  readonly vocab: ReadonlyMap<string, number>
  /** Pairs of tokens, the most important first. */
  readonly merges: readonly (readonly [string, string])[]
  readonly bosId: number
  readonly eosId: number
  readonly padId: number
  /** What a symbol outside the vocabulary becomes. */
  readonly unknownId: number
  readonly added: readonly AddedToken[]
  /** Most ids the encoder reads; 77 in every published model. */
  readonly maxTokens: number
}

// After the clean-up the only white space left is the plain space.
const WORD = /<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^ \p{L}\p{N}]+/gu
const END_OF_WORD = '</w>'

/** One id and where its first character stands in the text. */
interface Placed {
  readonly id: number
  readonly at: number
}

export class ClipTokenizer implements PromptTokenizer {
  readonly maxTokens: number
  readonly #words: ClipVocabulary
  readonly #pairs: BytePairs
  /** Ids of the 256 bytes inside a word, then of the same bytes at the end of one. */
  readonly #bytes: Int32Array

  constructor(vocabulary: ClipVocabulary) {
    this.#words = vocabulary
    this.maxTokens = vocabulary.maxTokens
    this.#pairs = new BytePairs(vocabulary.vocab, vocabulary.merges)
    const symbols = byteSymbols()
    this.#bytes = Int32Array.from({ length: 512 }, (_, index) => {
      const symbol = symbols[index % 256]! + (index < 256 ? '' : END_OF_WORD)
      return vocabulary.vocab.get(symbol) ?? vocabulary.unknownId
    })
  }

  encode(text: string, length = this.maxTokens): PromptIds {
    const { bosId, eosId, padId } = this.#words
    const placed = this.#place(text)
    const kept = placed.slice(0, length - 2).map((token) => token.id)
    const ids = [bosId, ...kept, eosId]
    while (ids.length < length) ids.push(padId)
    return { ids, count: placed.length + 2, cutAt: placed[length - 2]?.at ?? null }
  }

  /** All ids of the text, without the special ones around it. */
  #place(text: string): Placed[] {
    const typed = this.#words.added.filter((token) => !token.normalized)
    const cleaned = this.#words.added.filter((token) => token.normalized)
    const placed: Placed[] = []
    for (const outer of splitAtTokens(text, typed)) {
      if (outer.kind === 'token') {
        placed.push({ id: outer.id, at: outer.start })
        continue
      }
      const traced = normaliseForClip(outer.text, outer.start)
      for (const inner of splitAtTokens(traced.text, cleaned)) {
        if (inner.kind === 'token') placed.push({ id: inner.id, at: traced.origin[inner.start]! })
        else this.#placeWords(inner.text, inner.start, traced, placed)
      }
    }
    return placed
  }

  #placeWords(text: string, start: number, traced: TracedText, placed: Placed[]): void {
    for (const match of text.matchAll(WORD)) {
      // A special token's text that is not one here (its capitals kept it from being seen) falls into three words.
      const words =
        match[0].startsWith('<|') && match[0].endsWith('text|>') ? ['<|', match[0].slice(2, -2), '|>'] : [match[0]]
      let at = start + match.index
      for (const word of words) {
        const { symbols, origin } = this.#symbols(word, at, traced)
        const { ids, starts } = this.#pairs.encode(symbols)
        ids.forEach((id, index) => placed.push({ id, at: origin[starts[index]!]! }))
        at += word.length
      }
    }
  }

  /** The bytes of a word as ids, each with the offset of its character in the original text. */
  #symbols(word: string, at: number, traced: TracedText): { symbols: number[]; origin: number[] } {
    const symbols: number[] = []
    const origin: number[] = []
    let unit = at
    for (const character of word) {
      for (const byte of utf8.encode(character)) {
        symbols.push(byte)
        origin.push(traced.origin[unit]!)
      }
      unit += character.length
    }
    const last = symbols.length - 1
    return { symbols: symbols.map((byte, index) => this.#bytes[index === last ? 256 + byte : byte]!), origin }
  }
}

const utf8 = new TextEncoder()

/** The printable stand-in of each byte, as in GPT-2: printable Latin-1 stands for itself, the rest moves above 255. */
function byteSymbols(): string[] {
  let moved = 256
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173)
    return String.fromCharCode(isPrintable ? byte : moved++)
  })
}

const tokenSchema = z.union([z.string(), z.looseObject({ content: z.string() }).transform((token) => token.content)])
const configSchema = z.looseObject({
  bos_token: tokenSchema.nullish(),
  eos_token: tokenSchema.nullish(),
  pad_token: tokenSchema.nullish(),
  unk_token: tokenSchema.nullish(),
  model_max_length: z.number().nullish(),
  added_tokens_decoder: z
    .record(z.string(), z.looseObject({ content: z.string(), normalized: z.boolean().default(false) }))
    .nullish(),
})
type Config = z.output<typeof configSchema>

/** Where the two configuration files say nothing: what CLIP-L has. */
const usual = { bos: '<|startoftext|>', eos: '<|endoftext|>', maxTokens: 77 }

/**
 * Reads a CLIP tokenizer folder: `vocab.json` and `merges.txt`, and where they are there `tokenizer_config.json` and
 * `special_tokens_map.json`.
 * @param padToken what to pad with where the folder does not say; the end token where absent
 * @throws StudioError MODEL_BROKEN naming the file
 */
export async function loadClipTokenizer(folder: string, padToken?: string): Promise<ClipTokenizer> {
  const vocab = new Map(Object.entries(await readJson(path.join(folder, 'vocab.json'), z.record(z.string(), z.int()))))
  const mergesFile = path.join(folder, 'merges.txt')
  const merges = parseMerges(await readText(mergesFile))
  const config: Config = {
    ...(await readOptionalJson(path.join(folder, 'special_tokens_map.json'), configSchema)),
    ...(await readOptionalJson(path.join(folder, 'tokenizer_config.json'), configSchema)),
  }

  const idOf = (token: string): number => {
    const id = vocab.get(token)
    if (id === undefined) throw brokenFile(path.join(folder, 'vocab.json'), `it has no token "${token}"`)
    return id
  }
  const bos = config.bos_token ?? usual.bos
  const eos = config.eos_token ?? usual.eos
  const pad = config.pad_token ?? padToken ?? eos
  const unknown = config.unk_token ?? eos
  // The special tokens are always looked for in the text, listed or not: "!" becomes CLIP-G's padding id this way.
  const added = new Map<string, AddedToken>()
  for (const content of [bos, eos, pad, unknown]) added.set(content, { content, id: idOf(content), normalized: false })
  for (const [id, { content, normalized }] of Object.entries(config.added_tokens_decoder ?? {})) {
    added.set(content, { content, id: Number(id), normalized })
  }
  const maxTokens = config.model_max_length ?? usual.maxTokens
  try {
    return new ClipTokenizer({
      vocab,
      merges,
      bosId: idOf(bos),
      eosId: idOf(eos),
      padId: idOf(pad),
      unknownId: idOf(unknown),
      added: [...added.values()],
      // transformers writes 1e30 where it knows no limit.
      maxTokens: maxTokens > 1e6 ? usual.maxTokens : maxTokens,
    })
  } catch (cause) {
    if (cause instanceof RangeError) throw brokenFile(mergesFile, 'it does not fit vocab.json', cause)
    throw cause
  }
}

function parseMerges(text: string): [string, string][] {
  return text
    .split(/\r?\n/u)
    .filter((line) => line !== '' && !line.startsWith('#version'))
    .map((line) => line.split(' '))
    .filter((parts): parts is [string, string] => parts.length === 2)
}
