/**
 * Where each n-gram of a growing text last occurred: one hash map for each n, one entry a token. Adding a token and finding the
 * longest match take the same time however long the text is.
 */
export class NGramIndex {
  readonly #tokens: number[] = []
  readonly #shortest: number
  readonly #longest: number
  /** For n from shortest to longest: hash of the n-gram to the place after it. */
  readonly #places: readonly Map<number, number>[]

  constructor(shortest: number, longest: number) {
    this.#shortest = shortest
    this.#longest = longest
    this.#places = Array.from({ length: longest - shortest + 1 }, () => new Map<number, number>())
  }

  get length(): number {
    return this.#tokens.length
  }

  add(token: number): void {
    const end = this.#tokens.length
    // An n-gram is filed once something follows it: otherwise a text's end would match itself.
    this.#places.forEach((places, index) => {
      const size = this.#shortest + index
      if (size <= end) places.set(this.#hash(end - size, end), end)
    })
    this.#tokens.push(token)
  }

  token(place: number): number | undefined {
    return this.#tokens[place]
  }

  /** The latest earlier occurrence of the text's last n tokens, for the largest n that has one: the place of what followed it. */
  longestMatch(): { readonly place: number; readonly size: number } | null {
    const end = this.#tokens.length
    for (let size = Math.min(this.#longest, end - 1); size >= this.#shortest; size -= 1) {
      const place = this.#places[size - this.#shortest]?.get(this.#hash(end - size, end))
      if (place !== undefined && this.#same(place - size, end - size, size)) return { place, size }
    }
    return null
  }

  #hash(from: number, to: number): number {
    let hash = 0x811c9dc5
    for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (this.#tokens[at] ?? 0), 0x01000193) ^ (hash >>> 15)
    return hash
  }

  /** Two different n-grams may share a hash. */
  #same(first: number, second: number, size: number): boolean {
    for (let index = 0; index < size; index += 1) {
      if (this.#tokens[first + index] !== this.#tokens[second + index]) return false
    }
    return true
  }
}
