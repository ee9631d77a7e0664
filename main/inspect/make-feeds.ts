import { StudioError } from '../../contract/errors'
import { float32To16 } from '../tensor/float16'
import { elementCount, tensor, type Dtype, type Tensor } from '../tensor/tensor'
import type { GraphTable, Shape } from './graph'

// Inputs for a run whose results nobody reads: of the right types and sizes, with values that every graph can take. Time
// hardly depends on values, but ids must lie inside their tables and masks must let something through.

const mostBytes = 2 ** 30

function refuse(name: string, why: string, remedy: string): StudioError {
  return new StudioError('INVALID_INPUT', `No input can be made up for "${name}": ${why}`, { field: 'sizes', remedy })
}

/** Numbers between -1 and 1 that look like noise. */
function noise(count: number): Float32Array {
  const values = new Float32Array(count)
  let state = 0x2545f491
  for (let index = 0; index < count; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    values[index] = state / 2 ** 31
  }
  return values
}

/** What an input of real numbers gets, by its name: masks let everything through, times lie in the middle. */
function realValues(name: string, count: number): Float32Array {
  if (/mask|bias/i.test(name)) return new Float32Array(count)
  if (/time|step|sigma|scale|gate/i.test(name)) return new Float32Array(count).fill(0.5)
  return noise(count)
}

/** What an input of whole numbers gets: positions count up along the last axis, masks are ones, ids are 0 and 1. */
function wholeValue(name: string, index: number, lastAxis: number): number {
  if (/mask/i.test(name)) return 1
  if (/pos/i.test(name)) return lastAxis === 0 ? 0 : index % lastAxis
  return index % 2
}

function makeTensor(name: string, dtype: Dtype, shape: readonly number[]): Tensor {
  const count = elementCount(shape)
  const lastAxis = shape.at(-1) ?? 0
  const whole = (index: number): number => wholeValue(name, index, lastAxis)
  switch (dtype) {
    case 'float32':
      return tensor('float32', shape, realValues(name, count))
    case 'float64':
      return tensor('float64', shape, Float64Array.from(realValues(name, count)))
    case 'float16':
      return tensor('float16', shape, float32To16(realValues(name, count)))
    case 'int64':
      return tensor(
        'int64',
        shape,
        BigInt64Array.from({ length: count }, (_, index) => BigInt(whole(index))),
      )
    case 'int32':
      return tensor(
        'int32',
        shape,
        Int32Array.from({ length: count }, (_, index) => whole(index)),
      )
    case 'uint8':
      return tensor(
        'uint8',
        shape,
        Uint8Array.from({ length: count }, (_, index) => whole(index)),
      )
    case 'int8':
      return tensor(
        'int8',
        shape,
        Int8Array.from({ length: count }, (_, index) => whole(index)),
      )
    case 'bool':
      return tensor('bool', shape, new Uint8Array(count).fill(1))
  }
}

const bytesOf: Readonly<Record<Dtype, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  int64: 8,
  int32: 4,
  uint8: 1,
  int8: 1,
  bool: 1,
}
const isFed = (dtype: string): dtype is Dtype => Object.hasOwn(bytesOf, dtype)

/**
 * Feeds for a graph.
 * @param shapeOf a tensor's shape at the chosen sizes
 * @throws StudioError INVALID_INPUT naming the input whose size or type stands in the way
 */
export function makeFeeds({ inputs, tensors }: GraphTable, shapeOf: (tensor: number) => Shape): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {}
  let bytes = 0
  for (const input of inputs) {
    const { name, dtype, shape: declared } = tensors[input]!
    const shape = shapeOf(input)
    if (dtype === null || !isFed(dtype))
      throw refuse(name, `it is ${dtype ?? 'no tensor'}`, 'Only tensors of plain numbers can be made up.')
    if (shape === null) throw refuse(name, 'its rank is not known', 'Export the model with the shapes of its inputs.')
    const free = shape.findIndex((size) => size === null)
    if (free >= 0) {
      const dimension = declared?.[free]
      const which = typeof dimension === 'string' ? dimension : `axis ${free}`
      throw refuse(
        name,
        `${which} has no size`,
        typeof dimension === 'string' ? `Give a size for ${dimension}.` : 'Export the model with a name for this axis.',
      )
    }
    const sizes = shape as readonly number[]
    bytes += elementCount(sizes) * bytesOf[dtype]
    if (!(bytes <= mostBytes)) throw refuse(name, 'the inputs would take more than 1 GB', 'Choose smaller sizes.')
    feeds[name] = makeTensor(name, dtype, sizes)
  }
  return feeds
}
