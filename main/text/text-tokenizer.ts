// The tokenizer of a causal language model: @huggingface/tokenizers, with three things of our own around it. Special tokens
// spelled out in a person's text stay text; ids become text without the library's clean-up of spaces, so that pieces add up to
// the whole; and a token can be shown by itself.

import path from 'node:path'
import { PreTokenizer, Tokenizer } from '@huggingface/tokenizers'
import * as z from 'zod'
import { StudioError } from '../../contract/errors'
import { byteOfCharacter } from './byte-alphabet'
import { readChatTemplate, renderChat, type ChatTemplate, type ChatTurn } from './chat-template'
import { brokenFile, readJson, readOptionalJson } from './model-files'

const addedTokenSchema = z.looseObject({
  id: z.int(),
  content: z.string(),
  special: z.boolean(),
  normalized: z.boolean().optional(),
})
const fileSchema = z.looseObject({
  model: z.looseObject({ type: z.string().optional() }),
  decoder: z.looseObject({ type: z.string() }).nullish(),
  added_tokens: z.array(addedTokenSchema).default([]),
})
const anyObject = z.looseObject({})

/** Put into a special token that a person wrote, so that it is not found as one. Unicode keeps it for uses like this. */
const guard = '\u{FDD0}'

/**
 * Takes the guards out again, when the library has looked for special tokens for the last time (it does so again after the text's
 * clean-up) and before words are cut.
 */
class UnguardingPreTokenizer extends PreTokenizer {
  readonly #inner: PreTokenizer | null

  constructor(inner: PreTokenizer | null) {
    super()
    this.#inner = inner
  }

  override pre_tokenize_text(text: string, options?: PreTokenizeTextOptions): string[] {
    const bare = text.replaceAll(guard, '')
    return this.#inner === null ? [bare] : this.#inner.pre_tokenize_text(bare, options)
  }
}
type PreTokenizeTextOptions = Parameters<PreTokenizer['pre_tokenize_text']>[1]

export class TextTokenizer {
  /** The model's name, for messages. */
  readonly name: string
  /** "BPE", "Unigram", ... */
  readonly type: string
  /** Ids go from 0 to one below; some may be unused. */
  readonly vocabularySize: number
  readonly specialIds: ReadonlySet<number>
  readonly template: ChatTemplate | null
  readonly #tokenizer: Tokenizer
  readonly #special: readonly string[]
  readonly #isByteLevel: boolean

  private constructor(name: string, file: z.output<typeof fileSchema>, config: object, template: ChatTemplate | null) {
    this.name = name
    this.type = file.model.type ?? 'BPE'
    this.template = template
    const special = file.added_tokens.filter((token) => token.special)
    this.specialIds = new Set(special.map(({ id }) => id))
    this.#special = special.map(({ content }) => content).sort((one, other) => other.length - one.length)
    this.#isByteLevel = /"type":"ByteLevel"/u.test(JSON.stringify(file.decoder ?? null))
    // Special tokens are looked for in the text as it is, where the guards still stand.
    const added = file.added_tokens.map((token) => (token.special ? { ...token, normalized: false } : token))
    this.#tokenizer = new Tokenizer({ ...file, added_tokens: added }, config)
    this.#tokenizer.pre_tokenizer = new UnguardingPreTokenizer(this.#tokenizer.pre_tokenizer)
    this.vocabularySize = this.#tokenizer.get_vocab().size
  }

  /**
   * Reads `tokenizer.json`, `tokenizer_config.json` and the chat template of a folder.
   * @throws StudioError MODEL_BROKEN naming the file
   */
  static async load(folder: string, name = path.basename(folder)): Promise<TextTokenizer> {
    const file = path.join(folder, 'tokenizer.json')
    const content = await readJson(file, fileSchema)
    const config = (await readOptionalJson(path.join(folder, 'tokenizer_config.json'), anyObject)) ?? {}
    const template = await readChatTemplate(folder)
    try {
      return new TextTokenizer(name, content, config, template)
    } catch (cause) {
      throw brokenFile(file, cause instanceof Error ? cause.message : String(cause), cause)
    }
  }

  /** Ids of a person's text, with those that the tokenizer's own rules put around it. Control tokens in it stay text. */
  encode(text: string): number[] {
    return this.#tokenizer.encode(this.#guarded(text)).ids
  }

  /** Ids of a text alone, with nothing around it. */
  encodePart(text: string): number[] {
    return this.#tokenizer.encode(this.#guarded(text), { add_special_tokens: false }).ids
  }

  /**
   * Ids of a chat as the model's template writes it. Control tokens come from the template alone, never from what people wrote.
   * @throws StudioError MODEL_UNSUPPORTED where there is no template, as renderChat
   */
  encodeChat(turns: readonly ChatTurn[]): number[] {
    if (this.template === null) {
      throw new StudioError('MODEL_UNSUPPORTED', `${this.name} has no chat template`, {
        field: 'raw',
        remedy: 'Turn the chat template off: the model then continues the prompt as it stands.',
      })
    }
    const guarded = turns.map(({ role, content }) => ({ role, content: this.#guarded(content) }))
    return this.#tokenizer.encode(renderChat(this.template, guarded), { add_special_tokens: false }).ids
  }

  /** Text of ids, special tokens left out. Bytes that are no whole character become U+FFFD. */
  decode(ids: readonly number[]): string {
    const plain = ids.filter((id) => !this.specialIds.has(id))
    return plain.length === 0 ? '' : this.#tokenizer.decode(plain, { clean_up_tokenization_spaces: false })
  }

  /** One token by itself, for people: special tokens spelled out, bytes that are no whole character as `\xE2`. */
  tokenText(id: number): string {
    const token = this.#tokenizer.id_to_token(id)
    if (token === undefined) return ''
    if (this.specialIds.has(id)) return token
    if (this.#isByteLevel) return showBytes([...token].map(byteOfCharacter))
    const byte = /^<0x(?<hex>[0-9A-F]{2})>$/u.exec(token)?.groups?.['hex']
    return byte === undefined ? token.replaceAll('\u2581', ' ') : showBytes([Number.parseInt(byte, 16)])
  }

  /** The token as the vocabulary has it; undefined where the id is unused. */
  vocabularyEntry(id: number): string | undefined {
    return this.#tokenizer.id_to_token(id)
  }

  /** Ids that its rules put before and after every text. */
  frame(): readonly number[] {
    return this.#tokenizer.encode('').ids
  }

  #guarded(text: string): string {
    let guarded = text
    for (const token of this.#special) {
      if (token !== '') guarded = guarded.replaceAll(token, () => token[0]! + guard + token.slice(1))
    }
    return guarded
  }
}

/** Whole characters as they are, other bytes as `\xE2`. A byte that is in no alphabet is left out. */
function showBytes(bytes: readonly (number | undefined)[]): string {
  const known = Uint8Array.from(bytes.filter((byte) => byte !== undefined))
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(known)
  } catch {
    const escape = (byte: number): string => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
    return [...known].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : escape(byte))).join('')
  }
}
