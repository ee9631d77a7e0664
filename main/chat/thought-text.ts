// Telling a thought from an answer: a thought stands between <think> and </think>.

const opening = '<think>'
const closing = '</think>'

export interface ThoughtPiece {
  readonly part: 'think' | 'answer'
  readonly text: string
}

/** A thought as the model writes it: text that has a tag is that already, other text gets both. */
export function taggedThought(text: string): string {
  return text.includes(opening) || text.includes(closing) ? text : `${opening}${text}${closing}`
}

/** Splits text that comes in pieces into thought and answer, and leaves the tags out. */
export class ThoughtSplitter {
  /** `start` until it is clear whether a thought begins. */
  #state: 'start' | 'think' | 'answer'
  readonly #otherwise: 'think' | 'answer'
  #held = ''
  #isClosed = false

  /** @param otherwise what text is that does not begin with a tag */
  constructor(otherwise: 'think' | 'answer') {
    this.#state = 'start'
    this.#otherwise = otherwise
  }

  /** The part to which text that comes now belongs. */
  get part(): 'think' | 'answer' {
    return this.#state === 'start' ? this.#otherwise : this.#state
  }

  /** Whether the closing tag came. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  push(piece: string): ThoughtPiece[] {
    this.#held += piece
    const pieces: ThoughtPiece[] = []
    if (this.#state === 'start' && !this.#begin()) return pieces
    if (this.#state === 'think') {
      const end = this.#held.indexOf(closing)
      const safe = end < 0 ? this.#held.length - beginningOf(closing, this.#held) : end
      if (safe > 0) pieces.push({ part: 'think', text: this.#held.slice(0, safe) })
      this.#held = this.#held.slice(end < 0 ? safe : end + closing.length)
      if (end >= 0) {
        this.#state = 'answer'
        this.#isClosed = true
      }
    }
    if (this.#state === 'answer' && this.#held !== '') {
      pieces.push({ part: 'answer', text: this.#held })
      this.#held = ''
    }
    return pieces
  }

  /** What is held back, once no more text comes. */
  end(): ThoughtPiece[] {
    const text = this.#held
    this.#held = ''
    return text === '' ? [] : [{ part: this.part, text }]
  }

  /** Whether it is clear by now what the text begins with. */
  #begin(): boolean {
    const text = this.#held.trimStart()
    if (text.startsWith(opening)) {
      this.#held = text.slice(opening.length)
      this.#state = 'think'
      return true
    }
    if (opening.startsWith(text)) return false
    this.#state = this.#otherwise
    return true
  }
}

/** Characters at the end of a text that may be the beginning of a tag. */
function beginningOf(tag: string, text: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length
  }
  return 0
}
