// Reads the header of a GGUF file: key-value metadata and the list of tensors.
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StudioError } from '../../contract/errors'
import { brokenFile } from '../runtime/onnx/read-model'
import { floatText } from './attribute-text'
import { ggmlType } from './ggml-types'
import type { OpenedModel } from './opened-model'
import { weightsAlone, type ListedWeight, type NamedFile } from './weights-alone'

const mostTensors = 200_000
const mostEntries = 100_000
/** Texts and arrays within arrays: each is read to find the end of the others. */
const mostItems = 4_000_000
const mostHeaderBytes = 512 * 1024 * 1024
const mostAlignment = 1 << 20
const shownItems = 8
const longestText = 2000
const deepestArray = 4

/** Numbers and texts one after another, read through a window. */
class HeaderReader {
  readonly size: number
  readonly #descriptor: number
  readonly #file: NamedFile
  #window = Buffer.alloc(0)
  #windowStart = 0
  #items = 0
  at = 0

  constructor(file: NamedFile) {
    this.#file = file
    try {
      this.#descriptor = openSync(file.path, 'r')
    } catch (cause) {
      throw this.broken('it is missing or cannot be opened', cause)
    }
    this.size = fstatSync(this.#descriptor).size
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  broken(why: string, cause?: unknown): StudioError {
    return brokenFile(this.#file.path, this.#file.name, why, cause)
  }

  take(count: number): Buffer {
    const end = this.at + count
    if (end > this.size || end > mostHeaderBytes) throw this.broken(`its header is cut off after ${this.size} bytes`)
    if (this.at < this.#windowStart || end > this.#windowStart + this.#window.length) {
      this.#window = Buffer.alloc(Math.min(Math.max(count, 1 << 16), this.size - this.at))
      this.#windowStart = this.at
      readSync(this.#descriptor, this.#window, 0, this.#window.length, this.at)
    }
    const from = this.at - this.#windowStart
    this.at = end
    return this.#window.subarray(from, from + count)
  }

  skip(count: number): void {
    if (!(this.at + count <= this.size)) throw this.broken(`its header is cut off after ${this.size} bytes`)
    this.at += count
  }

  /** Notes that so many texts or arrays follow. @throws StudioError where the file lists more than any vocabulary has */
  countItems(count: number): void {
    this.#items += count
    if (this.#items > mostItems) throw this.broken('its metadata lists more than any model has')
  }

  u32(): number {
    return this.take(4).readUInt32LE()
  }

  u64(): number {
    return Number(this.take(8).readBigUInt64LE())
  }

  text(): string {
    const length = this.u64()
    if (length > longestText) {
      const start = this.take(longestText).toString('utf8')
      this.skip(length - longestText)
      return `${start}…`
    }
    return this.take(length).toString('utf8')
  }
}

interface Scalar {
  readonly bytes: number
  readonly text: (bytes: Buffer) => string
}

/** By their number in the format. */
const scalars: Readonly<Record<number, Scalar>> = {
  0: { bytes: 1, text: (bytes) => String(bytes.readUInt8()) },
  1: { bytes: 1, text: (bytes) => String(bytes.readInt8()) },
  2: { bytes: 2, text: (bytes) => String(bytes.readUInt16LE()) },
  3: { bytes: 2, text: (bytes) => String(bytes.readInt16LE()) },
  4: { bytes: 4, text: (bytes) => String(bytes.readUInt32LE()) },
  5: { bytes: 4, text: (bytes) => String(bytes.readInt32LE()) },
  6: { bytes: 4, text: (bytes) => floatText(bytes.readFloatLE()) },
  7: { bytes: 1, text: (bytes) => String(bytes.readUInt8() !== 0) },
  10: { bytes: 8, text: (bytes) => String(bytes.readBigUInt64LE()) },
  11: { bytes: 8, text: (bytes) => String(bytes.readBigInt64LE()) },
  12: { bytes: 8, text: (bytes) => String(bytes.readDoubleLE()) },
}
const [textType, arrayType] = [8, 9]

/** A value as text; of a long array the first items and how many there are. */
function readValue(reader: HeaderReader, type: number, depth = 0): string {
  const scalar = scalars[type]
  if (scalar !== undefined) return scalar.text(reader.take(scalar.bytes))
  if (type === textType) return reader.text()
  if (type !== arrayType || depth > deepestArray) throw reader.broken('its metadata holds an unknown type')
  const itemType = reader.u32()
  const count = reader.u64()
  const shown = Math.min(count, shownItems)
  const items = Array.from({ length: shown }, () => readValue(reader, itemType, depth + 1))
  const itemBytes = scalars[itemType]?.bytes
  if (itemBytes !== undefined) reader.skip((count - shown) * itemBytes)
  else {
    reader.countItems(count)
    for (let item = shown; item < count; item += 1) readValue(reader, itemType, depth + 1)
  }
  return count > shownItems ? `${items.join(', ')}, … (${count})` : items.join(', ')
}

interface Tensor {
  readonly name: string
  readonly shape: number[]
  readonly type: number
  readonly offset: number
}

function readTensor(reader: HeaderReader): Tensor {
  const name = reader.text()
  const rank = reader.u32()
  if (rank > 8) throw reader.broken(`"${name}" has ${rank} axes`)
  // The fastest axis comes first in the file, and last everywhere else.
  const shape = Array.from({ length: rank }, () => reader.u64()).reverse()
  return { name, shape, type: reader.u32(), offset: reader.u64() }
}

function listed({ name, shape, type, offset }: Tensor, dataStart: number, reader: HeaderReader): ListedWeight {
  const {
    name: dtype,
    elements: perBlock,
    bytes: blockBytes,
  } = ggmlType(type) ?? { name: `type ${type}`, elements: 1, bytes: 0 }
  const elements = shape.reduce((product, size) => product * size, 1)
  if (!Number.isSafeInteger(elements)) throw reader.broken(`"${name}" has a size that no tensor can have`)
  return { name, dtype, shape, bytes: Math.ceil(elements / perBlock) * blockBytes, start: dataStart + offset }
}

/** Opens a GGUF file by its header. @throws StudioError MODEL_BROKEN, MODEL_UNSUPPORTED for version 1 or one to come */
export function openGguf(file: NamedFile): OpenedModel {
  const reader = new HeaderReader(file)
  try {
    if (reader.take(4).toString('latin1') !== 'GGUF') throw reader.broken('it does not begin as a GGUF file')
    const version = reader.u32()
    if (version !== 2 && version !== 3) {
      throw new StudioError('MODEL_UNSUPPORTED', `GGUF version ${version} cannot be read`, {
        remedy: 'Convert it to version 3.',
      })
    }
    const [tensorCount, entryCount] = [reader.u64(), reader.u64()]
    if (tensorCount > mostTensors || entryCount > mostEntries) throw reader.broken('it lists more than any model has')
    const metadata: { key: string; value: string }[] = []
    for (let entry = 0; entry < entryCount; entry += 1) {
      const key = reader.text()
      metadata.push({ key, value: readValue(reader, reader.u32()).slice(0, longestText) })
    }
    const tensors = Array.from({ length: tensorCount }, () => readTensor(reader))
    const alignment = Number(metadata.find(({ key }) => key === 'general.alignment')?.value ?? 32)
    if (!Number.isInteger(alignment) || alignment < 1 || alignment > mostAlignment) {
      throw reader.broken('its alignment is none that a file can have')
    }
    const dataStart = Math.ceil(reader.at / alignment) * alignment
    const weights = tensors.map((tensor) => listed(tensor, dataStart, reader))
    const producer = metadata.find(({ key }) => key === 'general.architecture')?.value ?? ''
    return weightsAlone(file, 'gguf', weights, { headerBytes: dataStart, fileBytes: reader.size, metadata, producer })
  } finally {
    reader.close()
  }
}
