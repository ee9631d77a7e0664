import type { ValueInfo } from '../runtime/graph-session'
import { tensor, type Tensor, type TensorArrays } from '../tensor/tensor'
import type { TokenCache } from './language-model'

/**
 * Keys and values as a graph that returns all of them gave them: one tensor [1, heads, rows, head size] for each layer's keys and
 * values. Cutting back copies what is left when it is fed next.
 */
export class PresentCache implements TokenCache {
  readonly #declared: readonly ValueInfo[]
  #values: Tensor[]
  #length = 0
  /** Rows of the cache, in order, among those of `#values`; null where they are the first ones as they stand. */
  #rows: readonly number[] | null = null

  /** @param declared what the graph says of its past inputs, in the order in which tensors come and go */
  constructor(declared: readonly ValueInfo[]) {
    this.#declared = declared
    this.#values = declared.map(emptyPast)
  }

  get length(): number {
    return this.#length
  }

  /** What to feed as the past input of that place. */
  past(index: number): Tensor {
    const value = this.#values[index]
    if (value === undefined)
      throw new RangeError(`There are ${this.#declared.length} past tensors, and no number ${index}`)
    if (this.#rows === null && value.shape[2] === this.#length) return value
    const rows = this.#rows ?? Array.from({ length: this.#length }, (_, row) => row)
    return gather(value, rows)
  }

  /** Takes over what a forward returned. */
  replace(values: readonly Tensor[], length: number): void {
    this.#values = [...values]
    this.#length = length
    this.#rows = null
  }

  truncate(length: number): void {
    if (length < 0 || length > this.#length) {
      throw new RangeError(`A cache of ${this.#length} rows cannot be cut to ${length}`)
    }
    this.#length = length
    this.#rows = this.#rows?.slice(0, length) ?? null
  }

  keepRows(from: number, indices: readonly number[]): void {
    const rows = this.#rows ?? Array.from({ length: this.#length }, (_, row) => row)
    const kept = indices.map((index) => {
      const row = rows[from + index]
      if (row === undefined) throw new RangeError(`A cache of ${this.#length} rows has no row ${from + index}`)
      return row
    })
    this.#rows = [...rows.slice(0, from), ...kept]
    this.#length = this.#rows.length
  }
}

/** A past of no rows; what the graph leaves open but the rows is 1, the batch. */
function emptyPast({ dtype, shape }: ValueInfo): Tensor {
  const sizes = shape.map((size, axis) => (axis === 2 ? 0 : typeof size === 'number' ? size : 1))
  return dtype === 'float16'
    ? tensor('float16', sizes, new Uint16Array())
    : tensor('float32', sizes, new Float32Array())
}

function gather(value: Tensor, rows: readonly number[]): Tensor {
  const [batch = 1, heads = 1, held = 0, size = 0] = value.shape
  const source = value.data as TensorArrays['float32'] | TensorArrays['float16']
  const data =
    source instanceof Float32Array
      ? new Float32Array(batch * heads * rows.length * size)
      : new Uint16Array(batch * heads * rows.length * size)
  for (let head = 0; head < batch * heads; head++) {
    rows.forEach((row, place) => {
      const start = (head * held + row) * size
      data.set(source.subarray(start, start + size), (head * rows.length + place) * size)
    })
  }
  const shape = [batch, heads, rows.length, size]
  return data instanceof Float32Array ? tensor('float32', shape, data) : tensor('float16', shape, data)
}
