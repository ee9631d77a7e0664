// A weight's values, read from where they lie and nothing else: the graph's own bytes, a place in the graph's file, or a
// place in a file beside it.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StudioError } from '../../contract/errors'
import { elementBits, elementType, storedBytes } from '../runtime/onnx/element-types'
import { externalFilePath, externalFileProblem } from '../runtime/onnx/external-file'
import type { TensorProto } from '../runtime/onnx/onnx_pb'
import { valuePlace } from '../runtime/onnx/read-model'
import { readTensorBytes } from '../runtime/onnx/tensor-bytes'
import { decodeElements, isReadable } from './element-values'
import type { GraphWeight } from './graph'
import { mostValues } from './node-context'

/** Values that must be unpacked one after another from the file are read whole: the most bytes of them. */
const mostVarintBytes = 64 * 1024 * 1024

/** A small tensor's values, all of them; null where it is large, elsewhere, damaged or holds no numbers. */
export function decodeSmall(proto: TensorProto): readonly number[] | null {
  const count = proto.dims.reduce((product, size) => product * Number(size), 1)
  const dtype = elementType(proto.dataType)?.name ?? ''
  if (!(count <= mostValues) || proto.externalData.length > 0 || valuePlace(proto) !== null || !isReadable(dtype)) {
    return null
  }
  try {
    return [...decodeElements(dtype, readTensorBytes({ path: '' }, proto), count)]
  } catch {
    // Fewer values than the shape says: they are unknown.
    return null
  }
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

/** Fields of TensorProto whose content lies in the file as in raw_data: raw, floats and doubles. */
const asRaw: ReadonlySet<number> = new Set([9, 4, 10])

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
  if (place !== null && asRaw.has(place.field)) {
    if (storedBytes(dtype, elements) > place.end - place.start) {
      throw unreadable('there are fewer of them than its shape says', 'Download or copy the file again.')
    }
    return openFileValues(graphPath, dtype, { start: place.start, elements })
  }
  if (place !== null && place.end - place.start > mostVarintBytes) {
    throw unreadable('they are packed in a way that would have to be read whole', 'Save the model with raw data.')
  }
  const bytes = readTensorBytes({ path: graphPath }, proto)
  return {
    elements,
    read: (start, count) => decodeElements(dtype, bytes, Math.min(elements, start + count)).subarray(start),
    close: () => undefined,
  }
}
