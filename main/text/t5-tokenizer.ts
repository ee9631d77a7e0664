// T5's tokenizer: words that begin with a mark for the space, cut into pieces by a Unigram model; the end token closes
// every text. It reads the fields of tokenizer.json that T5's files use and refuses the rest, rather than guess.

import path from 'node:path'
import * as z from 'zod'
import { StudioError } from '../../contract/errors'
import { splitAtTokens, type AddedToken } from './added-tokens'
import { Charsmap } from './charsmap'
import { brokenFile, readJson } from './model-files'
import type { PromptIds, PromptTokenizer } from './prompt-tokenizer'
import { cleanUp, type CleanUpStep, type TracedText } from './traced-text'
import { Unigram } from './unigram'

const typed = z.looseObject({ type: z.string() })
const metaspaceSchema = z.looseObject({
  type: z.literal('Metaspace'),
  replacement: z.string().default('\u2581'),
  prepend_scheme: z.enum(['always', 'first', 'never']).default('always'),
})
const tokenizerSchema = z.looseObject({
  added_tokens: z
    .array(z.looseObject({ id: z.int(), content: z.string(), normalized: z.boolean().default(false) }))
    .default([]),
  normalizer: typed.nullish(),
  pre_tokenizer: typed.nullish(),
  model: z.looseObject({
    type: z.literal('Unigram').default('Unigram'),
    unk_id: z.int().default(2),
    vocab: z.array(z.tuple([z.string(), z.number()])).min(3),
  }),
})
type TokenizerFile = z.output<typeof tokenizerSchema>

const WORD = /\P{White_Space}+/gu

export class T5Tokenizer implements PromptTokenizer {
  readonly maxTokens: number
  readonly #added: readonly AddedToken[]
  readonly #normaliser: Charsmap | readonly CleanUpStep[]
  readonly #mark: string
  readonly #marksFirstOnly: boolean
  readonly #model: Unigram
  readonly #eosId: number
  readonly #padId: number

  /**
   * @param file content of `tokenizer.json`
   * @param maxTokens ids that the encoder is given, the end token included
   * @throws StudioError MODEL_UNSUPPORTED where the file asks for a step that T5's do not have
   */
  constructor(file: TokenizerFile, maxTokens: number) {
    this.maxTokens = maxTokens
    this.#added = file.added_tokens
    this.#normaliser = readNormaliser(file.normalizer)
    const { replacement, prepend_scheme: scheme } = readMetaspace(file.pre_tokenizer)
    this.#mark = replacement
    this.#marksFirstOnly = scheme === 'first'
    this.#model = new Unigram(file.model.vocab, file.model.unk_id)
    this.#eosId = this.#model.idOf('</s>') ?? 1
    this.#padId = this.#model.idOf('<pad>') ?? 0
  }

  encode(text: string, length = this.maxTokens): PromptIds {
    const placed = this.#place(text)
    const ids = [...placed.slice(0, length - 1).map((token) => token.id), this.#eosId]
    while (ids.length < length) ids.push(this.#padId)
    return { ids, count: placed.length + 1, cutAt: placed[length - 1]?.at ?? null }
  }

  #place(text: string): { id: number; at: number }[] {
    const placed: { id: number; at: number }[] = []
    for (const section of splitAtTokens(text, this.#added)) {
      if (section.kind === 'token') {
        placed.push({ id: section.id, at: section.start })
        continue
      }
      const { text: clean, origin } = this.#clean(section.text, section.start)
      for (const match of clean.matchAll(WORD)) {
        const isMarked = !this.#marksFirstOnly || (section.start === 0 && match.index === 0)
        const mark = isMarked && !match[0].startsWith(this.#mark) ? this.#mark : ''
        for (const { start, text: word } of splitBefore(mark + match[0], this.#mark)) {
          for (const piece of this.#model.encode(word)) {
            // The mark stands before the word's first character and has no place of its own.
            const inWord = Math.max(0, start + piece.start - mark.length)
            placed.push({ id: piece.id, at: origin[match.index + inWord]! })
          }
        }
      }
    }
    return placed
  }

  #clean(text: string, start: number): TracedText {
    const normaliser = this.#normaliser
    return normaliser instanceof Charsmap ? normaliser.normalise(text, start) : cleanUp(text, normaliser, start)
  }
}

/** Cuts a word before every mark, so that a mark that was typed starts a word of its own. */
function splitBefore(word: string, mark: string): { start: number; text: string }[] {
  const parts: { start: number; text: string }[] = []
  let start = 0
  for (let next = word.indexOf(mark, 1); start < word.length; next = word.indexOf(mark, start + 1)) {
    const end = next < 0 ? word.length : next
    parts.push({ start, text: word.slice(start, end) })
    start = end
  }
  return parts
}

/** The published files hold one compiled table; files made anew name their steps. */
function readNormaliser(normalizer: TokenizerFile['normalizer']): Charsmap | readonly CleanUpStep[] {
  if (normalizer === null || normalizer === undefined) return []
  const encoded = normalizer['precompiled_charsmap']
  if (normalizer.type === 'Precompiled' && typeof encoded === 'string') return new Charsmap(encoded)
  const steps = normalizer.type === 'Sequence' ? z.array(typed).parse(normalizer['normalizers']) : [normalizer]
  return steps.map(({ type }) => {
    if (type === 'NFC' || type === 'NFKC' || type === 'Lowercase') return type
    throw unsupported(`the normaliser ${type}`)
  })
}

function readMetaspace(preTokenizer: TokenizerFile['pre_tokenizer']): z.output<typeof metaspaceSchema> {
  const parts = preTokenizer?.type === 'Sequence' ? z.array(typed).parse(preTokenizer['pretokenizers']) : []
  const [split, metaspace] = parts
  const parsed = metaspaceSchema.safeParse(metaspace)
  if (
    parts.length !== 2 ||
    split?.type !== 'WhitespaceSplit' ||
    !parsed.success ||
    parsed.data.prepend_scheme === 'never'
  ) {
    throw unsupported('another way of cutting words than at white space')
  }
  return parsed.data
}

function unsupported(what: string): StudioError {
  return new StudioError('MODEL_UNSUPPORTED', `The T5 tokenizer uses ${what}, which the studio does not have`, {
    remedy: 'Use the tokenizer.json that is published with Stable Diffusion 3 (folder tokenizer_3).',
  })
}

/**
 * Reads a T5 tokenizer folder.
 * @param maxTokens ids the encoder is given, the end token included
 * @throws StudioError MODEL_BROKEN naming the file, MODEL_UNSUPPORTED
 */
export async function loadT5Tokenizer(folder: string, maxTokens: number): Promise<T5Tokenizer> {
  const file = path.join(folder, 'tokenizer.json')
  const content = await readJson(file, tokenizerSchema)
  try {
    return new T5Tokenizer(content, maxTokens)
  } catch (cause) {
    if (cause instanceof RangeError) throw brokenFile(file, cause.message, cause)
    throw cause
  }
}
