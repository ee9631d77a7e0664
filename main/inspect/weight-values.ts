// A weight's values, read from where they lie and nothing else: the graph's own bytes, a place in the graph's file, or a
// place in a file beside it.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StudioError } from '../../contract/errors'
import { elementBits, elementType } from '../runtime/onnx/element-types'
import { externalFilePath, externalFileProblem } from '../runtime/onnx/external-file'
import type { TensorProto } from '../runtime/onnx/onnx_pb'
import { valuePlace } from '../runtime/onnx/read-model'
import { decodeElements, fromBits, isReadable } from './element-values'
import type { GraphWeight } from './graph'
import { mostValues } from './node-context'

/** Values that must be unpacked one after another from the file are read whole: the most bytes of them. */
const mostVarintBytes = 64 * 1024 * 1024

/** Packed elements of less than a byte start anew in int32_data with each number. */
const packedBelowByte: ReadonlySet<string> = new Set(['int4', 'uint4', 'int2', 'uint2', 'float4e2m1'])

/** The values that are in the tensor itself; null where they lie elsewhere or are no numbers. */
export function decodeInline(proto: TensorProto): Float64Array | readonly number[] | null {
  const dtype = elementType(proto.dataType)?.name ?? ''
  if (proto.externalData.length > 0 || valuePlace(proto) !== null || !isReadable(dtype)) return null
  const count = proto.dims.reduce((product, size) => product * Number(size), 1)
  if (proto.rawData.length > 0) return decodeElements(dtype, proto.rawData, count)
  if (proto.floatData.length > 0) return proto.floatData
  if (proto.doubleData.length > 0) return proto.doubleData
  if (proto.int64Data.length > 0) return proto.int64Data.map(Number)
  if (proto.uint64Data.length > 0) return proto.uint64Data.map(Number)
  if (packedBelowByte.has(dtype)) return decodeElements(dtype, Uint8Array.from(proto.int32Data), count)
  return proto.int32Data.map((bits) => fromBits(dtype, bits))
}

/** A small tensor's values, all of them; null where it is large, elsewhere, damaged or holds no numbers. */
export function decodeSmall(proto: TensorProto): readonly number[] | null {
  const count = proto.dims.reduce((product, size) => product * Number(size), 1)
  if (!(count <= mostValues)) return null
  const values = decodeInline(proto)
  return values?.length === count ? [...values] : null
}

/** Reads any part of one weight. Closed by whoever opened it. */
export interface ValueReader {
  readonly elements: number
  /** Elements from an index on, fewer where the file ends. */
  read(start: number, count: number): Float64Array
  close(): void
}

function unreadable(why: string, remedy: string): StudioError {
  return new StudioError('MODEL_BROKEN', `The weight's values cannot be read: ${why}`, { remedy })
}

/** Elements at a fixed place in a file. @throws StudioError MODEL_BROKEN where the file does not hold all of them */
export function openFileValues(path: string, dtype: string, place: { start: number; elements: number }): ValueReader {
  const bits = elementBits(dtype)
  if (!isReadable(dtype) || bits === 0) {
    throw new StudioError('MODEL_UNSUPPORTED', `Values of type ${dtype} cannot be shown as numbers`)
  }
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch {
    throw unreadable(`${path} is missing`, 'Put the file beside the graph that names it.')
  }
  const end = place.start + Math.ceil((place.elements * bits) / 8)
  if (fstatSync(descriptor).size < end) {
    closeSync(descriptor)
    throw unreadable(`${path} is cut off`, 'Download or copy the file again.')
  }
  return {
    elements: place.elements,
    read: (start, count) => {
      const wanted = Math.max(0, Math.min(count, place.elements - start))
      // Elements below a byte: begin with the byte that the first one is in.
      const firstByte = Math.floor((start * bits) / 8)
      const skipped = Math.round((start * bits - firstByte * 8) / bits)
      const bytes = Buffer.alloc(Math.ceil(((skipped + wanted) * bits) / 8))
      const read = readSync(descriptor, bytes, 0, bytes.length, place.start + firstByte)
      return decodeElements(dtype, bytes.subarray(0, read), skipped + wanted).subarray(skipped)
    },
    close: () => closeSync(descriptor),
  }
}

/** Elements that are there already. */
function valuesAtHand(values: Float64Array): ValueReader {
  return {
    elements: values.length,
    read: (start, count) => values.subarray(start, start + count),
    close: () => undefined,
  }
}

/** Numbers of variable length, one after another. */
function decodeVarints(bytes: Uint8Array, signed: boolean): Float64Array {
  const values: number[] = []
  let value = 0n
  let shift = 0n
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift
    shift += 7n
    if (byte < 0x80 || shift > 63n) {
      values.push(Number(signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value)))
      value = 0n
      shift = 0n
    }
  }
  return Float64Array.from(values)
}

/** Values that were left out of the decoded tensor. */
function openPlace(
  graphPath: string,
  weight: GraphWeight,
  place: NonNullable<ReturnType<typeof valuePlace>>,
): ValueReader {
  const { field, start, end } = place
  const { dtype, elements } = weight
  const fixed = { 9: dtype, 4: 'float32', 10: 'float64' }[field]
  if (fixed !== undefined) {
    if (Math.ceil((elements * elementBits(fixed)) / 8) > end - start) {
      throw unreadable('there are fewer of them than its shape says', 'Download or copy the file again.')
    }
    return openFileValues(graphPath, fixed, { start, elements })
  }
  if (end - start > mostVarintBytes)
    throw unreadable('they are packed in a way that would have to be read whole', 'Save the model with raw data.')
  const bytes = openFileValues(graphPath, 'uint8', { start, elements: end - start })
  try {
    const numbers = decodeVarints(Uint8Array.from(bytes.read(0, end - start)), field !== 11)
    if (packedBelowByte.has(dtype)) return valuesAtHand(decodeElements(dtype, Uint8Array.from(numbers), elements))
    return valuesAtHand(field === 5 ? numbers.map((bits) => fromBits(dtype, bits)) : numbers)
  } finally {
    bytes.close()
  }
}

/**
 * Opens an ONNX weight's values.
 * @throws StudioError MODEL_BROKEN where they are missing, cut off or asked for outside the graph's folder,
 *   MODEL_UNSUPPORTED where they are no numbers
 */
export function openWeight(graphPath: string, weight: GraphWeight): ValueReader {
  const { proto, external, dtype, elements } = weight
  if (!isReadable(dtype))
    throw new StudioError('MODEL_UNSUPPORTED', `Values of type ${dtype} cannot be shown as numbers`)
  if (external !== null) {
    const problem = externalFileProblem(external.location)
    if (problem !== null) throw unreadable(problem, 'Open only models whose weights lie beside them.')
    return openFileValues(externalFilePath(graphPath, external.location), dtype, { start: external.offset, elements })
  }
  if (proto === null) throw unreadable('they are not in this file', 'Open the file that holds them.')
  const place = valuePlace(proto)
  if (place !== null) return openPlace(graphPath, weight, place)
  const values = decodeInline(proto)
  if (values === null || values.length < elements) {
    throw unreadable('there are fewer of them than its shape says', 'Download or copy the file again.')
  }
  return valuesAtHand(Float64Array.from(values))
}
