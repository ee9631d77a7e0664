// A weight's values, read from where they lie and nothing else: the graph's own bytes, a place in the graph's file, or a
// place in a file beside it. Where that is is worked out on the engine's thread; files are read on the helper's.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import { StudioError } from '../../contract/errors'
import { elementBits, elementType, storedBytes } from '../runtime/onnx/element-types'
import { externalFilePath, externalFileProblem } from '../runtime/onnx/external-file'
import type { TensorProto, TensorProto_DataType } from '../runtime/onnx/onnx_pb'
import { valuePlace, type ValuePlace } from '../runtime/onnx/read-model'
import { readPackedValues, readTensorBytes } from '../runtime/onnx/tensor-bytes'
import { decodeBlocks, isBlockReadable } from './block-values'
import { decodeElements, isReadable } from './element-values'
import type { GraphWeight } from './graph'
import { mostValues } from './node-context'

/** Values that must be unpacked one after another from the file are read whole: the most bytes of them. */
const mostVarintBytes = 64 * 1024 * 1024

/** Where a weight's values are: plain data, so that another thread can read them. */
export type ValueSource = { readonly dtype: string; readonly elements: number; readonly bytes: number } & (
  | { readonly kind: 'file'; readonly path: string; readonly start: number }
  | { readonly kind: 'memory'; readonly content: Uint8Array }
  /** Whole numbers that vary in length. */
  | { readonly kind: 'packed'; readonly path: string; readonly type: TensorProto_DataType; readonly place: ValuePlace }
)

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

function unreadable(why: string, remedy: string): StudioError {
  return new StudioError('MODEL_BROKEN', `The weight's values cannot be read: ${why}`, { remedy })
}

/** Fields of TensorProto whose content lies in the file as in raw_data: raw, floats and doubles. */
const asRaw: ReadonlySet<number> = new Set([9, 4, 10])

/**
 * Where an ONNX weight's values are. Reads no file.
 * @throws StudioError MODEL_BROKEN where the graph does not hold them, or asks for them outside its folder
 */
export function valueSource(graphPath: string, weight: GraphWeight): ValueSource {
  const { proto, external, dtype, elements } = weight
  const about = { dtype, elements, bytes: storedBytes(dtype, elements) }
  if (external !== null) {
    const problem = externalFileProblem(external.location)
    if (problem !== null) throw unreadable(problem, 'Open only models whose weights lie beside them.')
    return { ...about, kind: 'file', path: externalFilePath(graphPath, external.location), start: external.offset }
  }
  if (proto === null) throw unreadable('they are not in this file', 'Open the file that holds them.')
  const place = valuePlace(proto)
  if (place === null) return { ...about, kind: 'memory', content: readTensorBytes({ path: graphPath }, proto) }
  if (asRaw.has(place.field)) {
    if (about.bytes > place.end - place.start) {
      throw unreadable('there are fewer of them than its shape says', 'Download or copy the file again.')
    }
    return { ...about, kind: 'file', path: graphPath, start: place.start }
  }
  if (place.end - place.start > mostVarintBytes) {
    throw unreadable('they are packed in a way that would have to be read whole', 'Save the model with raw data.')
  }
  return { ...about, kind: 'packed', path: graphPath, type: proto.dataType, place }
}

/** Reads any part of one weight. Closed by whoever opened it. */
export interface ValueReader {
  readonly source: ValueSource
  /** Bytes as stored, fewer where they end. */
  readBytes(start: number, length: number): Uint8Array
  close(): void
}

/** @throws StudioError MODEL_BROKEN where the file is gone or does not hold all of them */
export function openValues(source: ValueSource): ValueReader {
  switch (source.kind) {
    case 'memory':
      return inMemory(source, source.content)
    case 'packed':
      return inMemory(source, unpacked(source))
    case 'file':
      return inFile(source, source.path, source.start)
  }
}

function unpacked({ path, type, place }: ValueSource & { readonly kind: 'packed' }): Uint8Array {
  try {
    return readPackedValues(path, type, place)
  } catch (cause) {
    throw unreadable(cause instanceof Error ? cause.message : String(cause), 'Download or copy the file again.')
  }
}

function inMemory(source: ValueSource, content: Uint8Array): ValueReader {
  if (content.length < source.bytes) {
    throw unreadable('there are fewer of them than its shape says', 'Download or copy the file again.')
  }
  return { source, readBytes: (start, length) => content.subarray(start, start + length), close: () => undefined }
}

function inFile(source: ValueSource, path: string, begin: number): ValueReader {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch {
    throw unreadable(`${basename(path)} is missing`, 'Put the file beside the graph that names it.')
  }
  if (fstatSync(descriptor).size < begin + source.bytes) {
    closeSync(descriptor)
    throw unreadable(`${basename(path)} is cut off`, 'Download or copy the file again.')
  }
  return {
    source,
    readBytes: (start, length) => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, source.bytes - start)))
      return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, begin + start))
    },
    close: () => closeSync(descriptor),
  }
}

/** Whether values of this type can be shown as numbers. */
export function hasNumbers(dtype: string): boolean {
  return isReadable(dtype) || isBlockReadable(dtype)
}

/** Elements from an index on, fewer where they end. The type is one that `hasNumbers`. */
export function readValues(reader: ValueReader, start: number, count: number): Float64Array {
  const { dtype, elements } = reader.source
  const wanted = Math.max(0, Math.min(count, elements - start))
  if (isBlockReadable(dtype))
    return decodeBlocks(dtype, (from, length) => reader.readBytes(from, length), start, wanted)
  const bits = elementBits(dtype)
  // Elements below a byte: begin with the byte that the first one is in.
  const firstByte = Math.floor((start * bits) / 8)
  const skipped = Math.round((start * bits - firstByte * 8) / bits)
  const bytes = reader.readBytes(firstByte, Math.ceil(((skipped + wanted) * bits) / 8))
  return decodeElements(dtype, bytes, skipped + wanted).subarray(skipped)
}
