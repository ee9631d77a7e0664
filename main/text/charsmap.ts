// The precompiled normaliser of SentencePiece models: a table from short byte sequences to their replacements, kept as a
// double-array trie followed by the replacements. Source: huggingface/spm_precompiled, google/sentencepiece normalizer.cc.

import type { TracedText } from './traced-text'

const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder()
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Longest grapheme, in UTF-8 bytes, that is looked up as a whole. */
const WHOLE_GRAPHEME_BYTES = 5

// A grapheme never goes on past the start of one of these (letters that do not attach themselves to the one before,
// plain ASCII, pictographs), but for sequences too long to be looked up as a whole. The runtime's segmenter takes time in
// proportion to the square of the text's length: it is asked only about what is in between.
const CHUNK =
  /[\s\S](?:[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7fb\u0e33\u0eb3]|[^ -~\p{L}\p{N}\p{Extended_Pictographic}]){0,64}/gu

export class Charsmap {
  readonly #units: Uint32Array
  readonly #replacements: Uint8Array
  /** What single characters become; null stays as it is. */
  readonly #seen = new Map<string, string | null>()

  /** @param encoded `precompiled_charsmap` of a tokenizer.json: base64 */
  constructor(encoded: string) {
    const bytes = Buffer.from(encoded, 'base64')
    if (bytes.length < 4) throw new RangeError('A precompiled character map has at least four bytes')
    const trieBytes = bytes.readUInt32LE(0)
    if (trieBytes % 4 !== 0 || trieBytes === 0 || 4 + trieBytes > bytes.length) {
      throw new RangeError('The trie of a precompiled character map is cut short')
    }
    this.#units = Uint32Array.from({ length: trieBytes / 4 }, (_, index) => bytes.readUInt32LE(4 + 4 * index))
    this.#replacements = bytes.subarray(4 + trieBytes)
  }

  /** Replaces every grapheme, or else every character, that the table knows. */
  normalise(original: string, start = 0): TracedText {
    let text = ''
    const origin: number[] = []
    const add = (part: string, from: number): void => {
      text += part
      for (let unit = 0; unit < part.length; unit++) origin.push(from)
    }
    for (const chunk of original.matchAll(CHUNK)) {
      for (const { segment, index } of splitGraphemes(chunk[0])) {
        let at = start + chunk.index + index
        const whole = this.#replacement(segment)
        if (whole !== undefined) {
          add(whole, at)
          continue
        }
        for (const character of segment) {
          add(this.#replacement(character) ?? character, at)
          at += character.length
        }
      }
    }
    return { text, origin }
  }

  #replacement(grapheme: string): string | undefined {
    const known = this.#seen.get(grapheme)
    if (known !== undefined) return known ?? undefined
    const bytes = utf8.encode(grapheme)
    const found = bytes.length <= WHOLE_GRAPHEME_BYTES ? this.#lookUp(bytes) : undefined
    if (grapheme.length === 1) this.#seen.set(grapheme, found ?? null)
    return found
  }

  /** The replacement of the shortest prefix that the table holds: the reference takes the first hit for the whole. */
  #lookUp(bytes: Uint8Array): string | undefined {
    const units = this.#units
    let node = offsetOf(units[0]!)
    for (const byte of bytes) {
      node ^= byte
      const unit = units[node]
      if (byte === 0 || unit === undefined || (unit & 0x800000ff) !== byte) return undefined
      node ^= offsetOf(unit)
      if (unit & 0x100) return this.#replacementAt(units[node]! & 0x7fffffff)
    }
    return undefined
  }

  #replacementAt(start: number): string {
    const end = this.#replacements.indexOf(0, start)
    return fromUtf8.decode(this.#replacements.subarray(start, end < 0 ? undefined : end))
  }
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >> 6)
}

function splitGraphemes(chunk: string): Iterable<{ segment: string; index: number }> {
  const isSingle = chunk.length === 1 || (chunk.length === 2 && chunk.codePointAt(0)! > 0xffff)
  return isSingle ? [{ segment: chunk, index: 0 }] : segmenter.segment(chunk)
}
