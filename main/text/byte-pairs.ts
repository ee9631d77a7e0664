// Byte-pair encoding of one word: join the neighbouring pair with the lowest rank, the leftmost first, until no pair of
// the list is left. A heap keeps it at n log n, so that a word of 100,000 letters is no trouble.

interface Merge {
  readonly rank: number
  readonly id: number
}

/** The merges of a vocabulary, in the form of `merges.txt`: one pair a line, the most important first. */
export class BytePairs {
  readonly #merges = new Map<number, Merge>()

  /** @param vocab id of every token; @param merges pairs of tokens, whose joined form is a token as well */
  constructor(vocab: ReadonlyMap<string, number>, merges: readonly (readonly [string, string])[]) {
    merges.forEach(([left, right], rank) => {
      const [leftId, rightId, id] = [vocab.get(left), vocab.get(right), vocab.get(left + right)]
      if (leftId === undefined || rightId === undefined || id === undefined) {
        throw new RangeError(`The merge "${left} ${right}" uses a token that the vocabulary does not have`)
      }
      this.#merges.set(pairKey(leftId, rightId), { rank, id })
    })
  }

  /** Joins the symbols of one word; returns the ids and, for each, the index of its first symbol. */
  encode(symbols: readonly number[]): { ids: number[]; starts: number[] } {
    const ids = [...symbols]
    const next = symbols.map((_, index) => index + 1)
    const previous = symbols.map((_, index) => index - 1)
    const heap = new PairHeap()
    const offer = (left: number): void => {
      const right = next[left]!
      if (left < 0 || right >= ids.length) return
      const merge = this.#merges.get(pairKey(ids[left]!, ids[right]!))
      if (merge !== undefined)
        heap.push({ rank: merge.rank, left, leftId: ids[left]!, rightId: ids[right]!, id: merge.id })
    }
    for (let index = 0; index < ids.length - 1; index++) offer(index)

    for (let pair = heap.pop(); pair !== undefined; pair = heap.pop()) {
      const right = next[pair.left]!
      // A pair whose sides were joined with others meanwhile is out of date.
      if (ids[pair.left] !== pair.leftId || right >= ids.length || ids[right] !== pair.rightId) continue
      ids[pair.left] = pair.id
      ids[right] = GONE
      const after = next[right]!
      next[pair.left] = after
      if (after < ids.length) previous[after] = pair.left
      offer(pair.left)
      if (previous[pair.left]! >= 0) offer(previous[pair.left]!)
    }
    const starts = [...ids.keys()].filter((index) => ids[index] !== GONE)
    return { ids: starts.map((index) => ids[index]!), starts }
  }
}

const GONE = -1

/** One number for two ids; vocabularies are far below 2^26. */
function pairKey(left: number, right: number): number {
  return left * 2 ** 26 + right
}

interface Pair {
  readonly rank: number
  readonly left: number
  readonly leftId: number
  readonly rightId: number
  readonly id: number
}

/** A binary heap of pairs: the lowest rank on top, the leftmost among equals. */
class PairHeap {
  readonly #items: Pair[] = []

  push(pair: Pair): void {
    const items = this.#items
    let at = items.push(pair) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(pair, items[parent]!)) break
      items[at] = items[parent]!
      at = parent
    }
    items[at] = pair
  }

  pop(): Pair | undefined {
    const items = this.#items
    const top = items[0]
    const last = items.pop()
    if (top === undefined || last === undefined || items.length === 0) return top
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++
      if (child >= items.length || !before(items[child]!, last)) break
      items[at] = items[child]!
      at = child
    }
    items[at] = last
    return top
  }
}

function before(one: Pair, other: Pair): boolean {
  return one.rank < other.rank || (one.rank === other.rank && one.left < other.left)
}
