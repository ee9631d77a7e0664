import { float32, type Tensor } from '../tensor/tensor'
import type { TokenCache } from './language-model'

/** Rows for which room is made at first; it is doubled whenever it runs out. */
const firstCapacity = 256

/**
 * Keys and values of one graph's layers: for each layer two buffers [capacity, width], of which graphs see the rows in use
 * without a copy. Cutting back is free, growing copies each row once.
 */
export class KeyValueCache implements TokenCache {
  readonly layers: number
  /** Floats in a row. */
  readonly width: number
  #capacity = firstCapacity
  #length = 0
  /** Key of layer 0, value of layer 0, key of layer 1, ... */
  readonly #buffers: Float32Array[]

  constructor(layers: number, width: number) {
    this.layers = layers
    this.width = width
    this.#buffers = Array.from({ length: 2 * layers }, () => new Float32Array(firstCapacity * width))
  }

  get length(): number {
    return this.#length
  }

  get capacity(): number {
    return this.#capacity
  }

  /** A layer's rows in use, [1, length, width], as a view: valid until the next append. */
  past(layer: number, kind: 'key' | 'value'): Tensor<'float32'> {
    const buffer = this.#buffers[2 * layer + (kind === 'key' ? 0 : 1)]
    if (buffer === undefined) throw new RangeError(`A cache of ${this.layers} layers has no layer ${layer}`)
    return float32([1, this.#length, this.width], buffer.subarray(0, this.#length * this.width))
  }

  /**
   * Copies in the first `count` of the rows that a graph returned.
   * @param newRows [layers, 2, rows, width], key then value
   */
  append(newRows: Float32Array, rows: number, count = rows): void {
    const { width } = this
    if (newRows.length !== this.#buffers.length * rows * width) {
      const expected = `[${this.layers}, 2, ${rows}, ${width}]`
      throw new RangeError(`New rows of shape ${expected} are expected, not ${newRows.length} numbers`)
    }
    if (count < 0 || count > rows) throw new RangeError(`${count} of ${rows} rows cannot be appended`)
    this.#reserve(this.#length + count)
    this.#buffers.forEach((buffer, index) => {
      const from = index * rows * width
      buffer.set(newRows.subarray(from, from + count * width), this.#length * width)
    })
    this.#length += count
  }

  truncate(length: number): void {
    if (length < 0 || length > this.#length) {
      throw new RangeError(`A cache of ${this.#length} rows cannot be cut to ${length}`)
    }
    this.#length = length
  }

  keepRows(from: number, indices: readonly number[]): void {
    const { width } = this
    let last = -1
    for (const index of indices) {
      if (index <= last || from + index >= this.#length) {
        throw new RangeError(`Rows to keep must ascend within ${this.#length - from}: ${indices.join(', ')}`)
      }
      last = index
    }
    for (const buffer of this.#buffers) {
      // Rows only move towards the front and in ascending order, so none is overwritten before it was moved.
      indices.forEach((index, place) => {
        if (index === place) return
        const source = (from + index) * width
        buffer.copyWithin((from + place) * width, source, source + width)
      })
    }
    this.#length = from + indices.length
  }

  #reserve(length: number): void {
    if (length <= this.#capacity) return
    while (this.#capacity < length) this.#capacity *= 2
    this.#buffers.forEach((buffer, index) => {
      const grown = new Float32Array(this.#capacity * this.width)
      grown.set(buffer.subarray(0, this.#length * this.width))
      this.#buffers[index] = grown
    })
  }
}
