import { StudioError } from '../../contract/errors'
import { elementCount, type Dtype, type Tensor } from '../tensor/tensor'
import type { ValueInfo } from './graph-session'

const arrayTypes: Record<Dtype, { readonly name: string }> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
}

/** A dtype and shape as messages show them: `float32 [2, 16, height, width]`. */
export function describeValue(dtype: string, shape: readonly (number | string)[]): string {
  return `${dtype} [${shape.map((size) => (size === '' ? '?' : size)).join(', ')}]`
}

/** By name as well: an array may come from another realm. */
function isOfType({ constructor }: Tensor['data'], dtype: Dtype): boolean {
  return constructor === arrayTypes[dtype] || constructor.name === arrayTypes[dtype].name
}

function shapeFits(actual: readonly number[], declared: readonly (number | string)[]): boolean {
  return (
    actual.length === declared.length &&
    declared.every((size, axis) => typeof size === 'string' || size === actual[axis])
  )
}

function refuse(role: string, message: string): never {
  throw new StudioError('INVALID_INPUT', `${role}: ${message}`, {
    remedy: 'This graph takes other inputs than its kind usually does. Export it again in a supported layout.',
  })
}

/**
 * Compares what is about to be fed with what the graph declares.
 * @throws StudioError INVALID_INPUT that names the input, what was expected and what came
 */
export function checkFeeds(
  role: string,
  declared: readonly ValueInfo[],
  feeds: Readonly<Record<string, Tensor>>,
): void {
  for (const { name, dtype, shape } of declared) {
    const fed = feeds[name]
    if (fed === undefined) {
      const expected = describeValue(dtype, shape)
      const given = Object.keys(feeds)
      refuse(role, `the input "${name}" (${expected}) was not given; given: ${given.join(', ') || 'nothing'}`)
    }
    if (fed.dtype !== dtype || !shapeFits(fed.shape, shape)) {
      refuse(
        role,
        `the input "${name}" must be ${describeValue(dtype, shape)}, not ${describeValue(fed.dtype, fed.shape)}`,
      )
    }
    if (!isOfType(fed.data, dtype) || fed.data.length !== elementCount(fed.shape)) {
      const came = `a ${fed.data.constructor.name} of ${fed.data.length}`
      refuse(role, `the input "${name}" is ${describeValue(fed.dtype, fed.shape)} but its data is ${came}`)
    }
  }
  // All are there: as many as there should be are the right ones, and hundreds of names need not be compared at every token.
  if (Object.keys(feeds).length === declared.length) return
  const names = declared.map((input) => input.name)
  const stranger = Object.keys(feeds).find((name) => !names.includes(name))
  if (stranger !== undefined) refuse(role, `there is no input "${stranger}"; there are: ${names.join(', ')}`)
}

/** @throws StudioError INVALID_INPUT where the graph has no such output */
export function checkFetches(role: string, declared: readonly ValueInfo[], fetches: readonly string[]): void {
  const stranger = fetches.find((name) => !declared.some((output) => output.name === name))
  if (stranger === undefined) return
  const names = declared.map((output) => output.name)
  refuse(role, `there is no output "${stranger}"; there are: ${names.join(', ')}`)
}
