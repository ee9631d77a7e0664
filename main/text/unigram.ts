// A Unigram language model over pieces of words: of all the ways to cut a word into known pieces, the one with the
// highest sum of log-probabilities. Source: huggingface/tokenizers, models/unigram/model.rs (encode_optimized).

/** How far an unknown character lies below the least likely piece, in log-probability. */
const UNKNOWN_PENALTY = 10

/** One piece of a word. */
export interface Piece {
  readonly id: number
  /** Where it begins in the word, in UTF-16 units. */
  readonly start: number
}

interface Step {
  readonly score: number
  readonly from: number
  readonly id: number
}

export class Unigram {
  readonly #pieces = new Map<string, { id: number; score: number }>()
  readonly #unknownId: number
  readonly #unknownScore: number
  readonly #longest: number

  /** @param vocab pieces with their log-probabilities, in the order of their ids */
  constructor(vocab: readonly (readonly [string, number])[], unknownId: number) {
    let lowest = Infinity
    let longest = 0
    vocab.forEach(([piece, score], id) => {
      this.#pieces.set(piece, { id, score })
      lowest = Math.min(lowest, score)
      longest = Math.max(longest, piece.length)
    })
    this.#unknownId = unknownId
    this.#unknownScore = lowest - UNKNOWN_PENALTY
    this.#longest = longest
  }

  /** The id of a piece, such as a special token. */
  idOf(piece: string): number | undefined {
    return this.#pieces.get(piece)?.id
  }

  /** The most likely pieces of one word; neighbouring unknown characters make one unknown piece. */
  encode(word: string): Piece[] {
    const best = this.#bestSteps(word)
    const pieces: Piece[] = []
    for (let end = word.length; end > 0;) {
      const { from, id } = best[end]!
      const following = pieces.at(-1)
      if (id === this.#unknownId && following?.id === id) pieces.pop()
      pieces.push({ id, start: from })
      end = from
    }
    return pieces.reverse()
  }

  /** For every place in the word that a piece can end at: the best way to get there. */
  #bestSteps(word: string): (Step | undefined)[] {
    const best = new Array<Step | undefined>(word.length + 1)
    const offer = (from: number, end: number, gain: number, id: number): void => {
      const score = (best[from]?.score ?? 0) + gain
      const known = best[end]
      if (known === undefined || score > known.score) best[end] = { score, from, id }
    }
    for (let start = 0; start < word.length;) {
      const single = word.codePointAt(start)! > 0xffff ? 2 : 1
      let isSingleKnown = false
      for (let end = start + single; end <= Math.min(word.length, start + this.#longest); end++) {
        const piece = this.#pieces.get(word.slice(start, end))
        if (piece === undefined) continue
        offer(start, end, piece.score, piece.id)
        if (end === start + single) isSingleKnown = true
      }
      if (!isSingleKnown) offer(start, start + single, this.#unknownScore, this.#unknownId)
      start += single
    }
    return best
  }
}
