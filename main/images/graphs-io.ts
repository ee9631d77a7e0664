// Fits what the engine has to what a graph declares. Exporters differ in names, order and element types of inputs and
// outputs: inputs are told apart by name, or else by rank, and values are cast to the declared type.

import { StudioError } from '../../contract/errors'
import type { GraphSession, ValueInfo } from '../runtime/graph-session'
import { float16To32, float32To16 } from '../tensor/float16'
import { tensor, type Dtype, type Tensor } from '../tensor/tensor'

/** A float tensor in the element type that an input declares. The same array where that is float32. */
export function castFloats(shape: readonly number[], values: Float32Array, input: ValueInfo): Tensor {
  switch (input.dtype) {
    case 'float32':
      return tensor('float32', shape, values)
    case 'float16':
      return tensor('float16', shape, float32To16(values))
    case 'float64':
      return tensor('float64', shape, Float64Array.from(values))
    case 'int64':
      return tensor(
        'int64',
        shape,
        BigInt64Array.from(values, (value) => BigInt(Math.round(value))),
      )
    case 'int32':
      return tensor('int32', shape, Int32Array.from(values, Math.round))
    default:
      throw unfit(`the input "${input.name}" has the element type ${input.dtype}`)
  }
}

/** Writes floats into a tensor made by `castFloats`, in place of its values. Allocates nothing for float types. */
export function overwriteFloats(target: Tensor, values: Float32Array): void {
  if (target.data instanceof Uint16Array) float32To16(values, target.data)
  else if (target.data instanceof BigInt64Array)
    values.forEach((value, i) => ((target.data as BigInt64Array)[i] = BigInt(Math.round(value))))
  else if (target.data instanceof Int32Array)
    values.forEach((value, i) => ((target.data as Int32Array)[i] = Math.round(value)))
  else target.data.set(values)
}

/** Token ids as [rows, length] in the integer type that an input declares. */
export function castIds(ids: readonly number[], input: ValueInfo): Tensor {
  const shape = [1, ids.length]
  if (input.dtype === 'int64') return tensor('int64', shape, BigInt64Array.from(ids, BigInt))
  if (input.dtype === 'int32') return tensor('int32', shape, Int32Array.from(ids))
  throw unfit(`the input "${input.name}" has the element type ${input.dtype}, not a whole number`)
}

/** An output's values as float32: the output's own array where it is float32, or else `scratch` or a new one. */
export function readFloats(output: Tensor, scratch?: Float32Array): Float32Array {
  if (output.data instanceof Float32Array) return output.data
  if (output.dtype === 'float16' && output.data instanceof Uint16Array) {
    return float16To32(output.data, scratch?.length === output.data.length ? scratch : undefined)
  }
  if (output.data instanceof Float64Array) return Float32Array.from(output.data)
  throw unfit(`an output has the element type ${output.dtype}`)
}

/** The input or output with one of the usual names, or else the only one that passes the test. */
export function findValue(
  values: readonly ValueInfo[],
  names: readonly string[],
  test: (value: ValueInfo) => boolean,
): ValueInfo | undefined {
  const named = values.find((value) => names.includes(value.name))
  if (named !== undefined) return named
  const fitting = values.filter(test)
  return fitting.length === 1 ? fitting[0] : undefined
}

/** As `findValue`. @throws StudioError MODEL_UNSUPPORTED where there is none */
export function requireValue(
  session: GraphSession,
  side: 'inputs' | 'outputs',
  names: readonly string[],
  test: (value: ValueInfo) => boolean,
): ValueInfo {
  const found = findValue(session[side], names, test)
  if (found !== undefined) return found
  const there = session[side].map((value) => value.name).join(', ')
  throw unfit(`it has no ${side.slice(0, -1)} "${names[0]}"; it has ${there || 'none'}`, session)
}

/** @throws StudioError MODEL_UNSUPPORTED where a graph needs an input that the engine does not know */
export function refuseOthers(session: GraphSession, known: readonly (ValueInfo | undefined)[]): void {
  const stranger = session.inputs.find((input) => !known.includes(input))
  if (stranger !== undefined)
    throw unfit(`it needs the input "${stranger.name}", which the studio does not know`, session)
}

/** How often the graph's batch may hold more than one; a number where the export fixed it. */
export function batchLimit(inputs: readonly ValueInfo[]): number {
  const fixed = inputs
    .map((input) => input.shape[0])
    .filter((size): size is number => typeof size === 'number' && size > 0)
  return Math.min(Number.POSITIVE_INFINITY, ...fixed)
}

export function isFloat(dtype: Dtype): boolean {
  return dtype === 'float32' || dtype === 'float16' || dtype === 'float64'
}

function unfit(why: string, session?: GraphSession): StudioError {
  return new StudioError(
    'MODEL_UNSUPPORTED',
    `The graph ${session?.role ?? ''} cannot be used: ${why}`.replace('  ', ' '),
    {
      remedy: 'Export the model again with optimum, or use one of the layouts that docs/graphs.md lists.',
      ...(session === undefined ? {} : { detail: session.path }),
    },
  )
}
