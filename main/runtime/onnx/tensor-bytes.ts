// The values of a tensor, wherever its model keeps them: in the message, left out of it on reading, or in a file beside the graph.
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import { StudioError } from '../../../contract/errors'
import { elementType } from './element-types'
import { externalFilePath, externalFileProblem } from './external-file'
import { TensorProto_DataLocation, type TensorProto_DataType as Type, type TensorProto } from './onnx_pb'
import { shortName, valuePlace, type OnnxModel, type ValuePlace } from './read-model'

function broken(path: string, tensor: TensorProto, why: string): StudioError {
  return new StudioError('MODEL_BROKEN', `${shortName(path)}: the weight "${tensor.name}" cannot be read: ${why}`, {
    remedy: `Download or copy ${basename(path)} and the files of its weights again.`,
    detail: path,
  })
}

/** Reads part of a file. @throws RangeError where the file is shorter */
function readPart(path: string, start: number, length: number): Uint8Array {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    if (start + length > size)
      throw new RangeError(`it is cut off: ${size} of at least ${start + length} bytes are there`)
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length;) {
      const count = readSync(file, bytes, at, Math.min(length - at, 1 << 30), start + at)
      if (count === 0) throw new RangeError('it ends too early')
      at += count
    }
    return bytes
  } finally {
    closeSync(file)
  }
}

/** How many elements a tensor holds. */
function elementsOf(tensor: Pick<TensorProto, 'dims'>): number {
  return tensor.dims.reduce((product, size) => product * Number(size), 1)
}

/**
 * A tensor's values as raw_data has them: little-endian, rows first, 4-bit types two to a byte, the low one first.
 * @throws StudioError MODEL_BROKEN where they are missing or fewer than the shape says, MODEL_UNSUPPORTED for text
 */
export function readTensorBytes({ path }: Pick<OnnxModel, 'path'>, tensor: TensorProto): Uint8Array {
  const type = elementType(tensor.dataType)
  if (type === null || type.bits === 0) {
    throw new StudioError(
      'MODEL_UNSUPPORTED',
      `${shortName(path)}: "${tensor.name}" holds ${type?.name ?? 'an unknown type'}`,
      {
        remedy: 'Only tensors of numbers have values to read.',
      },
    )
  }
  const needed = Math.ceil((elementsOf(tensor) * type.bits) / 8)
  let bytes: Uint8Array
  try {
    bytes =
      tensor.dataLocation === TensorProto_DataLocation.EXTERNAL ? external(path, tensor, needed) : own(path, tensor)
  } catch (error) {
    if (error instanceof StudioError) throw error
    throw broken(path, tensor, error instanceof Error ? error.message : String(error))
  }
  if (bytes.length < needed) throw broken(path, tensor, `${bytes.length} of ${needed} bytes are there`)
  return bytes.length === needed ? bytes : bytes.subarray(0, needed)
}

function entryOf(tensor: TensorProto, key: string): string | undefined {
  return tensor.externalData.find((pair) => pair.key === key)?.value
}

/** Where a tensor's values lie in a file beside the graph; null where they lie elsewhere, or the graph does not say how many bytes. */
export function externalPlace(
  { path }: Pick<OnnxModel, 'path'>,
  tensor: TensorProto,
): { path: string; offset: number; length: number } | null {
  const [location = '', length] = [entryOf(tensor, 'location'), entryOf(tensor, 'length')]
  if (tensor.dataLocation !== TensorProto_DataLocation.EXTERNAL || length === undefined) return null
  if (externalFileProblem(location) !== null) return null
  return {
    path: externalFilePath(path, location),
    offset: Number(entryOf(tensor, 'offset') ?? 0),
    length: Number(length),
  }
}

function external(path: string, tensor: TensorProto, needed: number): Uint8Array {
  const location = entryOf(tensor, 'location') ?? ''
  const problem = externalFileProblem(location)
  if (problem !== null) throw broken(path, tensor, problem)
  const [offset, length] = [entryOf(tensor, 'offset') ?? 0, entryOf(tensor, 'length') ?? needed]
  return readPart(externalFilePath(path, location), Number(offset), Number(length))
}

function own(path: string, tensor: TensorProto): Uint8Array {
  const place = valuePlace(tensor)
  if (place !== null) return readPackedValues(path, tensor.dataType, place)
  if (tensor.rawData.length > 0) return tensor.rawData
  if (tensor.floatData.length > 0) return bytesOf(Float32Array.from(tensor.floatData))
  if (tensor.doubleData.length > 0) return bytesOf(Float64Array.from(tensor.doubleData))
  if (tensor.int64Data.length > 0) return bytesOf(BigInt64Array.from(tensor.int64Data))
  if (tensor.uint64Data.length > 0) return narrowed(tensor.dataType, tensor.uint64Data.map(Number))
  return narrowed(tensor.dataType, tensor.int32Data)
}

/**
 * The values of a field that was left out on reading, as raw_data has them. Floats lie there as in raw_data; whole numbers vary in
 * length. @throws RangeError where the file has become shorter
 */
export function readPackedValues(path: string, type: Type, { field, start, end }: ValuePlace): Uint8Array {
  const content = readPart(path, start, end - start)
  if (field === 9 || field === 4 || field === 10) return content
  const reader = new BinaryReader(content)
  const values: bigint[] = []
  while (reader.pos < reader.len) values.push(BigInt(reader.int64()))
  return field === 7 ? bytesOf(BigInt64Array.from(values)) : narrowed(type, values.map(Number))
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

/** Whole numbers of int32_data or uint64_data in the width of the element type; 4-bit types hold a whole byte an entry there. */
function narrowed(type: Type, values: readonly number[]): Uint8Array {
  const bits = elementType(type)?.bits ?? 8
  if (bits === 64) return bytesOf(BigUint64Array.from(values, BigInt))
  if (bits === 32) return bytesOf(Int32Array.from(values))
  if (bits === 16) return bytesOf(Uint16Array.from(values))
  return Uint8Array.from(values)
}
