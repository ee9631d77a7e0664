import { StudioError } from '../../contract/errors'
import type { AnyNumber, InspectedWeight, TensorView } from '../../contract/inspection'
import { axisOf } from './sizes'
import { evenRuns, type Run } from './even-runs'
import { hasNumbers, openValues, readValues, type ValueReader, type ValueSource } from './weight-values'

export interface TensorViewRequest {
  readonly bins: number
  readonly first: number
  readonly rowAxis?: number | undefined
  readonly columnAxis?: number | undefined
  readonly at: readonly number[]
  readonly rows: number
  readonly columns: number
}

/** Above this many values, statistics and histogram are of runs of them that lie evenly over the tensor. */
const mostExact = 1 << 23
const sampled = { runs: 1024, length: 4096 } as const
/** Values that are read at once: a few megabytes. */
const chunk = 1 << 18

function anyNumber(value: number): AnyNumber {
  if (Number.isFinite(value)) return value
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
}

interface Moments {
  readonly count: number
  readonly finite: number
  readonly zeros: number
  readonly nans: number
  readonly infinities: number
  readonly minimum: number
  readonly maximum: number
  readonly mean: number
  readonly squares: number
}

function* valuesOf(reader: ValueReader, runs: readonly Run[]): Generator<Float64Array> {
  for (const { start, length } of runs) {
    for (let at = 0; at < length; at += chunk) yield readValues(reader, start + at, Math.min(chunk, length - at))
  }
}

/** One pass over the values: Welford's running mean and sum of squared differences, which does not cancel. */
function moments(reader: ValueReader, runs: readonly Run[]): Moments {
  let [count, finite, zeros, nans, infinities, mean, squares] = [0, 0, 0, 0, 0, 0, 0]
  let [minimum, maximum] = [Infinity, -Infinity]
  for (const values of valuesOf(reader, runs)) {
    count += values.length
    for (const value of values) {
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
  }
  return { count, finite, zeros, nans, infinities, minimum, maximum, mean, squares }
}

/** A second pass, because the bins are known only after the first. */
function histogram(reader: ValueReader, runs: readonly Run[], { minimum, maximum }: Moments, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0)
  // Halves, because the width of the whole range may be more than a number holds.
  const width = maximum / 2 - minimum / 2
  for (const values of valuesOf(reader, runs)) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue
      const place = width === 0 ? 0 : Math.floor(((value / 2 - minimum / 2) / width) * bins)
      counts[Math.min(bins - 1, Math.max(0, place))]! += 1
    }
  }
  return counts
}

/** A part of a plane through the tensor, cut off at its borders. */
function readSlice(reader: ValueReader, shape: readonly number[], request: TensorViewRequest): TensorView['slice'] {
  const rank = shape.length
  const isEmpty = reader.source.elements === 0
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
  for (let row = 0; row < rows && !isEmpty; row += 1) {
    const start = origin + row * (rowAxis === null ? 0 : strides[rowAxis]!)
    if (step === 1) {
      values.push(...Array.from(readValues(reader, start, columns), anyNumber))
      continue
    }
    for (let column = 0; column < columns; column += 1) {
      values.push(anyNumber(readValues(reader, start + column * step, 1)[0] ?? NaN))
    }
  }
  return { rowAxis, columnAxis, at, rows: isEmpty ? 0 : rows, columns, values }
}

/**
 * Statistics, first values and a slice of one weight, of which nothing else is read. Takes up to a second: it is called on the
 * helper thread.
 * @throws StudioError MODEL_UNSUPPORTED where the values are no numbers, MODEL_BROKEN where they are not all there
 */
export function viewTensor(
  name: string,
  { dtype, shape, bytes }: Pick<InspectedWeight, 'dtype' | 'shape' | 'bytes'>,
  source: ValueSource,
  request: TensorViewRequest,
): TensorView {
  if (!hasNumbers(dtype)) {
    throw new StudioError('MODEL_UNSUPPORTED', `Values of type ${dtype} cannot be shown as numbers`, {
      remedy: 'Name, shape and size are all that is read of it.',
    })
  }
  const { elements } = source
  const runs = evenRuns(elements, mostExact, sampled)
  const reader = openValues(source)
  try {
    const all = moments(reader, runs)
    const { count, finite, minimum, maximum } = all
    const share = (part: number): number => (count === 0 ? 0 : part / count)
    return {
      name,
      dtype,
      shape: [...shape],
      elements,
      bytes,
      counted: count,
      statistics:
        finite === 0 ? null : { minimum, maximum, mean: all.mean, standardDeviation: Math.sqrt(all.squares / finite) },
      zeros: share(all.zeros),
      nans: share(all.nans),
      infinities: share(all.infinities),
      histogram:
        finite === 0 ? null : { low: minimum, high: maximum, counts: histogram(reader, runs, all, request.bins) },
      first: Array.from(readValues(reader, 0, request.first), anyNumber),
      slice: readSlice(reader, shape, request),
    }
  } finally {
    reader.close()
  }
}
