import type { TextTokenizer } from './text-tokenizer'

const replacement = '\u{FFFD}'

/**
 * Turns tokens into text as they come. A character whose bytes are spread over several tokens is held back until it is whole,
 * and all pieces together are the text of all tokens.
 */
export class TextStream {
  readonly #tokenizer: TextTokenizer
  /** Tokens of the last piece, which decide how the next begins, and those held back. */
  #ids: number[] = []
  /** How many of them were given out. */
  #given = 0

  constructor(tokenizer: TextTokenizer) {
    this.#tokenizer = tokenizer
  }

  /** The text that a token completes; empty where it ends within a character. */
  push(id: number): string {
    this.#ids.push(id)
    const before = this.#tokenizer.decode(this.#ids.slice(0, this.#given))
    const now = this.#tokenizer.decode(this.#ids)
    // A replacement character at the end is most likely a character cut off; where it is not, the next token shows it.
    if (now.endsWith(replacement)) return ''
    this.#ids = this.#ids.slice(this.#given)
    this.#given = this.#ids.length
    return now.slice(before.length)
  }

  /** What is still held back, at the end. */
  flush(): string {
    const before = this.#tokenizer.decode(this.#ids.slice(0, this.#given))
    const rest = this.#tokenizer.decode(this.#ids).slice(before.length)
    this.#ids = []
    this.#given = 0
    return rest
  }
}
