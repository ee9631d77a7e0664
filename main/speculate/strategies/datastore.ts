import { readFileSync } from 'node:fs'
import { StudioError } from '../../../contract/errors'

/** Tokens of a corpus with their suffix array: every place where a phrase occurs is one range of it. */
export class Datastore {
  readonly #tokens: Uint16Array
  /** Places in `#tokens`, in the order of the texts that start there. */
  readonly #suffixes: Uint32Array

  constructor(tokens: Uint16Array, suffixes: Uint32Array) {
    this.#tokens = tokens
    this.#suffixes = suffixes
  }

  get length(): number {
    return this.#tokens.length
  }

  token(place: number): number | undefined {
    return this.#tokens[place]
  }

  /** Places right after each occurrence of a phrase, at most `most` of them, spread evenly over all. O(n log N). */
  placesAfter(phrase: readonly number[], most: number): readonly number[] {
    const first = this.#bound(phrase, (order) => order >= 0)
    const last = this.#bound(phrase, (order) => order > 0)
    const stride = Math.max(1, (last - first) / most)
    const places: number[] = []
    for (let at = first; at < last && places.length < most; at = first + Math.floor(places.length * stride)) {
      places.push((this.#suffixes[at] ?? 0) + phrase.length)
    }
    return places
  }

  /** First suffix for which the test holds; `order` is its sign compared with the phrase, 0 where it starts with it. */
  #bound(phrase: readonly number[], holds: (order: number) => boolean): number {
    let low = 0
    let high = this.#suffixes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (holds(this.#compare(this.#suffixes[middle] ?? 0, phrase))) high = middle
      else low = middle + 1
    }
    return low
  }

  #compare(place: number, phrase: readonly number[]): number {
    for (let index = 0; index < phrase.length; index += 1) {
      const difference = (this.#tokens[place + index] ?? -1) - (phrase[index] ?? 0)
      if (difference !== 0) return difference
    }
    return 0
  }
}

/**
 * Reads `datastore.bin`: docs/graphs.md.
 * @throws StudioError MODEL_BROKEN where the file's length is not what its count asks for
 */
export function readDatastore(path: string): Datastore {
  const file = readFileSync(path)
  const count = file.length >= 4 ? file.readUInt32LE(0) : -1
  if (file.length !== 4 + 6 * count) {
    throw new StudioError('MODEL_BROKEN', 'The retrieval datastore is cut short', { detail: path })
  }
  // Copies, because arrays of wider numbers must start at a multiple of their width.
  const tokens = new Uint16Array(file.buffer.slice(file.byteOffset + 4, file.byteOffset + 4 + 2 * count))
  const suffixes = new Uint32Array(file.buffer.slice(file.byteOffset + 4 + 2 * count, file.byteOffset + 4 + 6 * count))
  return new Datastore(tokens, suffixes)
}
