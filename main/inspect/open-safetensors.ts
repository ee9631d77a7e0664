import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StudioError } from '../../contract/errors'
import { elementBits } from '../runtime/onnx/element-types'
import { brokenFile } from '../runtime/onnx/read-model'
import type { OpenedModel } from './opened-model'
import { weightsAlone, type ListedWeight, type NamedFile } from './weights-alone'

/** Element types of safetensors by their code, in the names of ONNX. */
const dtypes: Readonly<Record<string, string>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  F8_E4M3: 'float8e4m3fn',
  F8_E5M2: 'float8e5m2',
  F8_E8M0: 'float8e8m0',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U64: 'uint64',
  U32: 'uint32',
  U16: 'uint16',
  U8: 'uint8',
  BOOL: 'bool',
}

const mostHeaderBytes = 100 * 1024 * 1024
const longestText = 20_000

function readHeader({ path, name }: NamedFile): {
  header: Record<string, unknown>
  headerBytes: number
  fileBytes: number
} {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (cause) {
    throw brokenFile(path, name, 'it is missing or cannot be opened', cause)
  }
  try {
    const fileBytes = fstatSync(descriptor).size
    const length = Buffer.alloc(8)
    if (readSync(descriptor, length, 0, 8, 0) < 8) throw brokenFile(path, name, 'it is too short to have a header')
    const headerBytes = Number(length.readBigUInt64LE())
    if (headerBytes > fileBytes - 8) throw brokenFile(path, name, 'its header is longer than the file')
    if (headerBytes > mostHeaderBytes) throw brokenFile(path, name, 'its header is larger than 100 MB')
    const bytes = Buffer.alloc(headerBytes)
    readSync(descriptor, bytes, 0, headerBytes, 8)
    const header: unknown = JSON.parse(bytes.toString('utf8'))
    if (typeof header !== 'object' || header === null || Array.isArray(header))
      throw brokenFile(path, name, 'its header is no object')
    return { header: header as Record<string, unknown>, headerBytes, fileBytes }
  } catch (error) {
    throw error instanceof StudioError ? error : brokenFile(path, name, 'its header is not JSON', error)
  } finally {
    closeSync(descriptor)
  }
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)

function readEntry(file: NamedFile, name: string, entry: unknown, dataStart: number): ListedWeight {
  const { dtype: code, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>
  if (
    typeof code !== 'string' ||
    !isSizes(shape) ||
    !isSizes(offsets) ||
    offsets.length !== 2 ||
    offsets[1]! < offsets[0]!
  ) {
    throw brokenFile(file.path, file.name, `"${name}" has no type, shape or place`)
  }
  const dtype = dtypes[code] ?? code.toLowerCase()
  const bytes = offsets[1]! - offsets[0]!
  const elements = shape.reduce((product, size) => product * size, 1)
  const needed = Math.ceil((elements * elementBits(dtype)) / 8)
  if (!Number.isSafeInteger(elements) || (elementBits(dtype) > 0 && needed !== bytes)) {
    throw brokenFile(file.path, file.name, `"${name}" does not have as many bytes as its shape needs`)
  }
  return { name, dtype, shape, bytes, start: dataStart + offsets[0]! }
}

/** Opens a safetensors file by its header. @throws StudioError MODEL_BROKEN */
export function openSafetensors(file: NamedFile): OpenedModel {
  const { header, headerBytes, fileBytes } = readHeader(file)
  const dataStart = 8 + headerBytes
  const { __metadata__: described, ...entries } = header
  const listed = Object.entries(entries).map(([name, entry]) => readEntry(file, name, entry, dataStart))
  const metadata = Object.entries((described ?? {}) as Record<string, unknown>).map(([key, value]) => ({
    key,
    value: (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, longestText),
  }))
  const producer = metadata.find(({ key }) => key === 'format')?.value ?? ''
  return weightsAlone(file, 'safetensors', listed, { headerBytes: dataStart, fileBytes, metadata, producer })
}
