import type { AnyNumber, InspectedWeight, TensorView } from '../../contract/inspection'
import { axisOf } from './sizes'
import type { ValueReader } from './weight-values'

export interface TensorViewRequest {
  readonly bins: number
  readonly first: number
  readonly rowAxis?: number | undefined
  readonly columnAxis?: number | undefined
  readonly at: readonly number[]
  readonly rows: number
  readonly columns: number
}

/** Elements that are read at once: a few megabytes, so that nothing else waits long. */
const chunkElements = 1 << 18

/** Lets whatever waits for the thread go first. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export function anyNumber(value: number): AnyNumber {
  if (Number.isFinite(value)) return value
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
}

interface Moments {
  readonly finite: number
  readonly zeros: number
  readonly nans: number
  readonly infinities: number
  readonly minimum: number
  readonly maximum: number
  readonly mean: number
  readonly squares: number
}

/** One pass over all values: Welford's running mean and sum of squared differences, which does not cancel. */
async function moments(reader: ValueReader): Promise<Moments> {
  let [finite, zeros, nans, infinities, mean, squares] = [0, 0, 0, 0, 0, 0]
  let [minimum, maximum] = [Infinity, -Infinity]
  for (let start = 0; start < reader.elements; start += chunkElements) {
    for (const value of reader.read(start, chunkElements)) {
      if (!Number.isFinite(value)) {
        if (Number.isNaN(value)) nans += 1
        else infinities += 1
        continue
      }
      finite += 1
      if (value === 0) zeros += 1
      if (value < minimum) minimum = value
      if (value > maximum) maximum = value
      const difference = value - mean
      mean += difference / finite
      squares += difference * (value - mean)
    }
    await breathe()
  }
  return { finite, zeros, nans, infinities, minimum, maximum, mean, squares }
}

/** A second pass, because the bins are known only after the first. */
async function histogram(reader: ValueReader, { minimum, maximum }: Moments, bins: number): Promise<number[]> {
  const counts = new Array<number>(bins).fill(0)
  // Halves, because the width of the whole range may be more than a number holds.
  const width = maximum / 2 - minimum / 2
  for (let start = 0; start < reader.elements; start += chunkElements) {
    for (const value of reader.read(start, chunkElements)) {
      if (!Number.isFinite(value)) continue
      const place = width === 0 ? 0 : Math.floor(((value / 2 - minimum / 2) / width) * bins)
      counts[Math.min(bins - 1, Math.max(0, place))]! += 1
    }
    await breathe()
  }
  return counts
}

/** A part of a plane through the tensor, cut off at its borders. */
function readSlice(reader: ValueReader, shape: readonly number[], request: TensorViewRequest): TensorView['slice'] {
  const rank = shape.length
  const columnAxis = rank === 0 ? null : axisOf(request.columnAxis ?? rank - 1, rank)
  const others = shape.map((_, axis) => axis).filter((axis) => axis !== columnAxis)
  const asked = request.rowAxis
  const rowAxis = asked !== undefined && others.includes(asked) ? asked : (others.at(-1) ?? null)
  const at = shape.map((size, axis) => Math.max(0, Math.min(request.at[axis] ?? 0, size - 1)))
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))
  const count = (axis: number | null, most: number): number =>
    axis === null ? 1 : Math.max(0, Math.min(most, shape[axis]! - at[axis]!))
  const [rows, columns] = [count(rowAxis, request.rows), count(columnAxis, request.columns)]
  const origin = at.reduce((sum, place, axis) => sum + place * strides[axis]!, 0)
  const step = columnAxis === null ? 1 : strides[columnAxis]!
  const values: AnyNumber[] = []
  for (let row = 0; row < rows && reader.elements > 0; row += 1) {
    const start = origin + row * (rowAxis === null ? 0 : strides[rowAxis]!)
    if (step === 1) {
      values.push(...Array.from(reader.read(start, columns), anyNumber))
      continue
    }
    for (let column = 0; column < columns; column += 1) {
      values.push(anyNumber(reader.read(start + column * step, 1)[0] ?? NaN))
    }
  }
  return { rowAxis, columnAxis, at, rows: reader.elements === 0 ? 0 : rows, columns, values }
}

/** Statistics, first values and a slice of one weight; reads its values in pieces and closes the reader. */
export async function viewTensor(
  name: string,
  weight: Pick<InspectedWeight, 'dtype' | 'shape' | 'bytes'>,
  reader: ValueReader,
  request: TensorViewRequest,
): Promise<TensorView> {
  try {
    const all = await moments(reader)
    const { finite, minimum, maximum } = all
    const share = (count: number): number => (reader.elements === 0 ? 0 : count / reader.elements)
    return {
      name,
      dtype: weight.dtype,
      shape: [...weight.shape],
      elements: reader.elements,
      bytes: weight.bytes,
      statistics:
        finite === 0 ? null : { minimum, maximum, mean: all.mean, standardDeviation: Math.sqrt(all.squares / finite) },
      zeros: share(all.zeros),
      nans: share(all.nans),
      infinities: share(all.infinities),
      histogram:
        finite === 0 ? null : { low: minimum, high: maximum, counts: await histogram(reader, all, request.bins) },
      first: Array.from(reader.read(0, request.first), anyNumber),
      slice: readSlice(reader, weight.shape, request),
    }
  } finally {
    reader.close()
  }
}
