// Reads the header of a GGUF file: key-value metadata and the list of tensors.
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StudioError } from '../../contract/errors'
import { brokenFile, weightsAlone, type ListedWeight } from './open-safetensors'
import type { OpenedModel } from './opened-model'

/** Name, elements and bytes of a block of each tensor type, by its number in ggml.h. */
const tensorTypes: Readonly<Record<number, readonly [name: string, elements: number, bytes: number]>> = {
  0: ['float32', 1, 4],
  1: ['float16', 1, 2],
  2: ['q4_0', 32, 18],
  3: ['q4_1', 32, 20],
  6: ['q5_0', 32, 22],
  7: ['q5_1', 32, 24],
  8: ['q8_0', 32, 34],
  9: ['q8_1', 32, 36],
  10: ['q2_k', 256, 84],
  11: ['q3_k', 256, 110],
  12: ['q4_k', 256, 144],
  13: ['q5_k', 256, 176],
  14: ['q6_k', 256, 210],
  15: ['q8_k', 256, 292],
  16: ['iq2_xxs', 256, 66],
  17: ['iq2_xs', 256, 74],
  18: ['iq3_xxs', 256, 98],
  19: ['iq1_s', 256, 50],
  20: ['iq4_nl', 32, 18],
  21: ['iq3_s', 256, 110],
  22: ['iq2_s', 256, 82],
  23: ['iq4_xs', 256, 136],
  24: ['int8', 1, 1],
  25: ['int16', 1, 2],
  26: ['int32', 1, 4],
  27: ['int64', 1, 8],
  28: ['float64', 1, 8],
  29: ['iq1_m', 256, 56],
  30: ['bfloat16', 1, 2],
  34: ['tq1_0', 256, 54],
  35: ['tq2_0', 256, 66],
  39: ['mxfp4', 32, 17],
}

const mostTensors = 200_000
const mostEntries = 100_000
const mostHeaderBytes = 512 * 1024 * 1024
const shownItems = 8
const longestText = 2000
const deepestArray = 4

/** Numbers and texts one after another, read through a window. */
class HeaderReader {
  readonly size: number
  readonly #descriptor: number
  readonly #path: string
  #window = Buffer.alloc(0)
  #windowStart = 0
  at = 0

  constructor(path: string) {
    this.#path = path
    try {
      this.#descriptor = openSync(path, 'r')
    } catch (cause) {
      throw brokenFile(path, 'it is missing or cannot be opened', cause)
    }
    this.size = fstatSync(this.#descriptor).size
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  take(count: number): Buffer {
    const end = this.at + count
    if (end > this.size || end > mostHeaderBytes)
      throw brokenFile(this.#path, `its header is cut off after ${this.size} bytes`)
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
    if (!(this.at + count <= this.size)) throw brokenFile(this.#path, `its header is cut off after ${this.size} bytes`)
    this.at += count
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

const scalars: Readonly<Record<number, (reader: HeaderReader) => number | bigint | boolean>> = {
  0: (reader) => reader.take(1).readUInt8(),
  1: (reader) => reader.take(1).readInt8(),
  2: (reader) => reader.take(2).readUInt16LE(),
  3: (reader) => reader.take(2).readInt16LE(),
  4: (reader) => reader.u32(),
  5: (reader) => reader.take(4).readInt32LE(),
  6: (reader) => reader.take(4).readFloatLE(),
  7: (reader) => reader.take(1).readUInt8() !== 0,
  10: (reader) => reader.take(8).readBigUInt64LE(),
  11: (reader) => reader.take(8).readBigInt64LE(),
  12: (reader) => reader.take(8).readDoubleLE(),
}
const [textType, arrayType] = [8, 9]

/** A value as text; of a long array the first items and how many there are. */
function readValue(reader: HeaderReader, type: number, path: string, depth = 0): string {
  const scalar = scalars[type]
  if (scalar !== undefined) return String(scalar(reader))
  if (type === textType) return reader.text()
  if (type !== arrayType || depth > deepestArray) throw brokenFile(path, 'its metadata holds an unknown type')
  const itemType = reader.u32()
  const count = reader.u64()
  // An item takes at least a byte, so more of them than that are a lie.
  if (count > reader.size) throw brokenFile(path, 'its metadata is longer than the file')
  const items: string[] = []
  for (let item = 0; item < count; item += 1) {
    const value = readValue(reader, itemType, path, depth + 1)
    if (items.length < shownItems) items.push(value)
  }
  return count > shownItems ? `${items.join(', ')}, … (${count})` : items.join(', ')
}

interface Tensor {
  readonly name: string
  readonly shape: number[]
  readonly type: number
  readonly offset: number
}

function readTensor(reader: HeaderReader, path: string): Tensor {
  const name = reader.text()
  const rank = reader.u32()
  if (rank > 8) throw brokenFile(path, `"${name}" has ${rank} axes`)
  // The fastest axis comes first in the file, and last everywhere else.
  const shape = Array.from({ length: rank }, () => reader.u64()).reverse()
  return { name, shape, type: reader.u32(), offset: reader.u64() }
}

function listed({ name, shape, type, offset }: Tensor, dataStart: number, path: string): ListedWeight {
  const [dtype, perBlock, blockBytes] = tensorTypes[type] ?? [`type ${type}`, 1, 0]
  const elements = shape.reduce((product, size) => product * size, 1)
  if (!Number.isSafeInteger(elements)) throw brokenFile(path, `"${name}" has a size that no tensor can have`)
  return { name, dtype, shape, bytes: Math.ceil(elements / perBlock) * blockBytes, start: dataStart + offset }
}

/** Opens a GGUF file by its header. @throws StudioError MODEL_BROKEN, MODEL_UNSUPPORTED for version 1 or one to come */
export function openGguf(path: string): OpenedModel {
  const reader = new HeaderReader(path)
  try {
    if (reader.take(4).toString('latin1') !== 'GGUF') throw brokenFile(path, 'it does not begin as a GGUF file')
    const version = reader.u32()
    if (version !== 2 && version !== 3) {
      throw new StudioError('MODEL_UNSUPPORTED', `GGUF version ${version} cannot be read`, {
        remedy: 'Convert it to version 3.',
      })
    }
    const [tensorCount, entryCount] = [reader.u64(), reader.u64()]
    if (tensorCount > mostTensors || entryCount > mostEntries)
      throw brokenFile(path, 'it lists more than any model has')
    const metadata: { key: string; value: string }[] = []
    for (let entry = 0; entry < entryCount; entry += 1) {
      const key = reader.text()
      metadata.push({ key, value: readValue(reader, reader.u32(), path).slice(0, longestText) })
    }
    const tensors = Array.from({ length: tensorCount }, () => readTensor(reader, path))
    const alignment = Number(metadata.find(({ key }) => key === 'general.alignment')?.value ?? 32) || 32
    const dataStart = Math.ceil(reader.at / alignment) * alignment
    const weights = tensors.map((tensor) => listed(tensor, dataStart, path))
    const end = weights.reduce((last, { start, bytes }) => Math.max(last, start + bytes), dataStart)
    const notes = end > reader.size ? [`The file is cut off: ${reader.size} of at least ${end} bytes are there.`] : []
    const producer = metadata.find(({ key }) => key === 'general.architecture')?.value ?? ''
    return weightsAlone(path, 'gguf', weights, { graphBytes: dataStart, notes, metadata, producer })
  } finally {
    reader.close()
  }
}
