import { float32, type Tensor } from '../tensor/tensor'

export interface RowSizes {
  readonly layers: number
  readonly keyValueHeads: number
  readonly headSize: number
}

/** Bytes that one row takes over all layers: keys and values in float32. */
export function bytesPerRow({ layers, keyValueHeads, headSize }: RowSizes): number {
  return layers * 2 * keyValueHeads * headSize * Float32Array.BYTES_PER_ELEMENT
}

/** Growing by less than double wastes less of what may be hundreds of megabytes, and still copies each row a few times only. */
const growth = 1.5
const firstCapacity = 64

/** Rows of keys and values for all layers, for one or more contexts with a common beginning. */
export class RowStore {
  readonly sizes: RowSizes
  /** Key of layer 0, value of layer 0, key of layer 1, ...; each [capacity, key-value heads, head size]. */
  readonly #buffers: Float32Array[]
  readonly #width: number
  #capacity = 0
  /** Rows that some context holds or held. */
  #used = 0
  #holders = 1

  constructor(sizes: RowSizes) {
    this.sizes = sizes
    this.#width = sizes.keyValueHeads * sizes.headSize
    this.#buffers = Array.from({ length: 2 * sizes.layers }, () => new Float32Array(0))
  }

  get bytes(): number {
    return this.#capacity * bytesPerRow(this.sizes)
  }

  /** The first `rows` rows of a layer, [rows, key-value heads, head size], as a view: valid until rows are written. */
  past(layer: number, kind: 'k' | 'v', rows: number): Tensor<'float32'> {
    const buffer = this.#buffers[2 * layer + (kind === 'k' ? 0 : 1)]
    if (buffer === undefined) throw new RangeError(`${this.sizes.layers} layers have no layer ${layer}`)
    if (rows > this.#used) throw new RangeError(`${this.#used} rows have no first ${rows}`)
    return float32([rows, this.sizes.keyValueHeads, this.sizes.headSize], buffer.subarray(0, rows * this.#width))
  }

  /** One more context that holds these rows. */
  share(): this {
    this.#holders += 1
    return this
  }

  /** One context less. */
  leave(): void {
    this.#holders -= 1
  }

  /**
   * The store in which a context of `length` rows may write on: this one where nobody else holds rows from there on, else a copy
   * of the first rows.
   */
  ownedFrom(length: number): RowStore {
    if (this.#holders === 1) this.#used = length
    if (length === this.#used) return this
    const copy = new RowStore(this.sizes)
    copy.reserve(length)
    copy.write(0, length, (layer, kind) => this.past(layer, kind, length).data)
    return copy
  }

  reserve(rows: number): void {
    if (rows <= this.#capacity) return
    this.#capacity = rows
    this.#buffers.forEach((buffer, index) => {
      const grown = new Float32Array(rows * this.#width)
      grown.set(buffer.subarray(0, this.#used * this.#width))
      this.#buffers[index] = grown
    })
  }

  /** Writes rows after the first `length`. The caller has made sure by `ownedFrom` that it may. */
  write(length: number, rows: number, newRows: (layer: number, kind: 'k' | 'v') => Float32Array): void {
    const end = length + rows
    if (end > this.#capacity) this.reserve(Math.max(end, firstCapacity, Math.ceil(this.#capacity * growth)))
    this.#buffers.forEach((buffer, index) => {
      const values = newRows(index >> 1, index % 2 === 0 ? 'k' : 'v')
      if (values.length !== rows * this.#width) {
        throw new RangeError(`${rows} new rows have ${rows * this.#width} numbers a layer, not ${values.length}`)
      }
      buffer.set(values, length * this.#width)
    })
    this.#used = end
  }
}
