import { deflateSync, inflateSync } from 'node:zlib'
import { sniffMediaType } from './media-type'

// Text inside PNG files (PNG specification, third edition, section 11.3.3): tEXt is Latin-1, iTXt is UTF-8.

const signatureLength = 8
/** Most text that is unpacked from a file, all of it together, so that a small one cannot fill the memory. */
const mostText = 16 * 1024 * 1024

const crcTable = new Uint32Array(256).map((_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value >>> 0
})

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) value = (crcTable[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}

interface Chunk {
  readonly type: string
  readonly data: Uint8Array
  /** Where the chunk begins in the file, its length field included. */
  readonly offset: number
}

/** The chunks of a PNG as far as they are whole; a damaged file ends the list and does not throw. */
function* readChunks(png: Uint8Array): Generator<Chunk> {
  if (sniffMediaType(png) !== 'image/png') return
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  let offset = signatureLength
  while (offset + 12 <= png.length) {
    const length = view.getUint32(offset)
    if (offset + 12 + length > png.length) return
    const type = String.fromCharCode(...png.subarray(offset + 4, offset + 8))
    yield { type, data: png.subarray(offset + 8, offset + 8 + length), offset }
    offset += 12 + length
  }
}

function encodeChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + data.length)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, data.length)
  chunk.set(Buffer.from(type, 'latin1'), 4)
  chunk.set(data, 8)
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)))
  return chunk
}

function inflate(data: Uint8Array, mostBytes: number): Uint8Array | null {
  try {
    return inflateSync(data, { maxOutputLength: Math.max(1, mostBytes) })
  } catch {
    return null
  }
}

function decodeInternational(data: Uint8Array, mostBytes: number): [string, string] | null {
  const key = data.indexOf(0)
  if (key < 1) return null
  const compressed = data[key + 1] === 1
  const language = data.indexOf(0, key + 3)
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1)
  if (translated < 0) return null
  const raw = data.subarray(translated + 1)
  const text = compressed ? inflate(raw, mostBytes) : raw
  return text === null
    ? null
    : [Buffer.from(data.subarray(0, key)).toString('latin1'), Buffer.from(text).toString('utf8')]
}

function decodeLatin(data: Uint8Array, compressed: boolean, mostBytes: number): [string, string] | null {
  const key = data.indexOf(0)
  if (key < 1) return null
  const raw = data.subarray(key + (compressed ? 2 : 1))
  const text = compressed ? inflate(raw, mostBytes) : raw
  return text === null
    ? null
    : [Buffer.from(data.subarray(0, key)).toString('latin1'), Buffer.from(text).toString('latin1')]
}

function decodeText(type: string, data: Uint8Array, mostBytes: number): [string, string] | null {
  switch (type) {
    case 'iTXt':
      return decodeInternational(data, mostBytes)
    case 'tEXt':
    case 'zTXt':
      return decodeLatin(data, type === 'zTXt', mostBytes)
    default:
      return null
  }
}

/** Every text in a PNG by its keyword; the first of each stands. Anything that is not a PNG has none. */
export function readPngTexts(png: Uint8Array): Map<string, string> {
  const texts = new Map<string, string>()
  let left = mostText
  for (const { type, data } of readChunks(png)) {
    const entry = decodeText(type, data, left)
    if (entry === null || texts.has(entry[0])) continue
    texts.set(...entry)
    left -= entry[1].length
  }
  return texts
}

/** Latin-1 text that every reader understands goes into tEXt, everything else into iTXt; long text is compressed. */
function encodeText(keyword: string, text: string): Uint8Array {
  const key = Buffer.from(`${keyword}\0`, 'latin1')
  // Control characters other than a line feed are not allowed in tEXt.
  if (/^[\n\x20-\x7e\xa0-\xff]*$/.test(text))
    return encodeChunk('tEXt', Buffer.concat([key, Buffer.from(text, 'latin1')]))
  const utf8 = Buffer.from(text, 'utf8')
  const long = utf8.length > 4096
  return encodeChunk(
    'iTXt',
    Buffer.concat([key, Buffer.from([long ? 1 : 0, 0, 0, 0]), long ? deflateSync(utf8) : utf8]),
  )
}

/** The same PNG with texts put before its picture data. Texts of the same keyword are replaced. */
export function writePngTexts(png: Uint8Array, texts: ReadonlyMap<string, string>): Uint8Array {
  const parts: Uint8Array[] = [png.subarray(0, signatureLength)]
  let written = false
  for (const { type, data, offset } of readChunks(png)) {
    if (type === 'IDAT' && !written) {
      for (const [keyword, text] of texts) parts.push(encodeText(keyword, text))
      written = true
    }
    const key = type === 'tEXt' || type === 'iTXt' || type === 'zTXt' ? data.indexOf(0) : -1
    if (key > 0 && texts.has(Buffer.from(data.subarray(0, key)).toString('latin1'))) continue
    parts.push(png.subarray(offset, offset + 12 + data.length))
  }
  return Buffer.concat(parts)
}
