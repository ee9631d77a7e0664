// Text embeddings by what they depend on, so that a prompt that did not change is not encoded again. T5 costs more
// than a step of the transformer, and its result for 256 tokens is 4 MB.

/** What one encoder made of one text. */
export interface Embedding {
  /** Hidden states, [tokens, width]. */
  readonly states: Float32Array
  readonly tokens: number
  readonly width: number
  /** The pooled vector; absent for T5. */
  readonly pooled?: Float32Array
}

/** Keeps the most recently used embeddings up to a number of bytes. */
export class EmbeddingCache {
  readonly #entries = new Map<string, Embedding>()
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes = 128 * 2 ** 20) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string): Embedding | undefined {
    const found = this.#entries.get(key)
    if (found !== undefined) {
      // A map keeps the order of insertion: the most recently used goes to the end.
      this.#entries.delete(key)
      this.#entries.set(key, found)
    }
    return found
  }

  set(key: string, embedding: Embedding): void {
    this.#remove(key)
    this.#entries.set(key, embedding)
    this.#bytes += bytesOf(embedding)
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break
      this.#remove(oldest)
    }
  }

  #remove(key: string): void {
    const found = this.#entries.get(key)
    if (found === undefined) return
    this.#entries.delete(key)
    this.#bytes -= bytesOf(found)
  }
}

function bytesOf({ states, pooled }: Embedding): number {
  return states.byteLength + (pooled?.byteLength ?? 0)
}
