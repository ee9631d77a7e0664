// Elements of GGUF's block types as numbers. A block holds 32 or 256 of them with scales of their own.
// Layouts: https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-common.h; formulas: dequantize_row_* in ggml-quants.c.
import { fromFloat16 } from '../tensor/float16'
import { ggmlTypeNamed } from './ggml-types'

/** Writes a block's values into `out`, whose length is that of a block. */
type BlockDecoder = (block: DataView, out: Float64Array) => void

const half = (block: DataView, at: number): number => fromFloat16(block.getUint16(at, true))

/** Thirty-two codes of four bits, the low halves first, then the high ones, with a fifth bit of each in `high`. */
function halves(block: DataView, at: number, high: number, give: (element: number, code: number) => void): void {
  for (let byte = 0; byte < 16; byte += 1) {
    const codes = block.getUint8(at + byte)
    give(byte, (codes & 15) | (((high >>> byte) & 1) << 4))
    give(byte + 16, (codes >> 4) | (((high >>> (byte + 16)) & 1) << 4))
  }
}

/** Six-bit scale and minimum of one of the eight parts of a q4_k block, packed into twelve bytes. */
function scaleAndMinimum(block: DataView, at: number, part: number): readonly [scale: number, minimum: number] {
  const byte = (index: number): number => block.getUint8(at + index)
  if (part < 4) return [byte(part) & 63, byte(part + 4) & 63]
  return [(byte(part + 4) & 15) | ((byte(part - 4) >> 6) << 4), (byte(part + 4) >> 4) | ((byte(part) >> 6) << 4)]
}

function q4k(block: DataView, out: Float64Array): void {
  const [scale, minimum] = [half(block, 0), half(block, 2)]
  for (let part = 0; part < 8; part += 1) {
    const [partScale, partMinimum] = scaleAndMinimum(block, 4, part)
    for (let index = 0; index < 32; index += 1) {
      // Two parts share 32 bytes: the first has the low halves.
      const codes = block.getUint8(16 + (part >> 1) * 32 + index)
      const code = part & 1 ? codes >> 4 : codes & 15
      out[part * 32 + index] = scale * partScale * code - minimum * partMinimum
    }
  }
}

function q6k(block: DataView, out: Float64Array): void {
  const scale = half(block, 208)
  for (let element = 0; element < 256; element += 1) {
    const [side, within] = [element >> 7, element & 127]
    const [quarter, index] = [within >> 5, within & 31]
    const low = block.getUint8(side * 64 + (quarter & 1) * 32 + index)
    const high = (block.getUint8(128 + side * 32 + index) >> (2 * quarter)) & 3
    const code = ((quarter < 2 ? low & 15 : low >> 4) | (high << 4)) - 32
    out[element] = scale * block.getInt8(192 + (element >> 4)) * code
  }
}

const decoders: Readonly<Record<string, BlockDecoder>> = {
  q4_0: (block, out) => halves(block, 2, 0, (element, code) => (out[element] = (code - 8) * half(block, 0))),
  q4_1: (block, out) => halves(block, 4, 0, (element, code) => (out[element] = code * half(block, 0) + half(block, 2))),
  q5_0: (block, out) =>
    halves(block, 6, block.getUint32(2, true), (element, code) => (out[element] = (code - 16) * half(block, 0))),
  q5_1: (block, out) =>
    halves(block, 8, block.getUint32(4, true), (element, code) => {
      out[element] = code * half(block, 0) + half(block, 2)
    }),
  q8_0: (block, out) => {
    for (let index = 0; index < 32; index += 1) out[index] = half(block, 0) * block.getInt8(2 + index)
  },
  q4_k: q4k,
  q6_k: q6k,
}

/** Whether a type is stored in blocks that can be read here. */
export function isBlockReadable(dtype: string): boolean {
  return Object.hasOwn(decoders, dtype)
}

/** So many elements from an index on, fewer where the bytes end. @param dtype one that `isBlockReadable` */
export function decodeBlocks(
  dtype: string,
  readBytes: (start: number, length: number) => Uint8Array,
  start: number,
  count: number,
): Float64Array {
  const [type, decode] = [ggmlTypeNamed(dtype), decoders[dtype]]
  if (type === null || decode === undefined) throw new RangeError(`Blocks of type ${dtype} cannot be read`)
  const first = Math.floor(start / type.elements)
  const blocks = Math.ceil((start + count) / type.elements) - first
  const bytes = readBytes(first * type.bytes, blocks * type.bytes)
  const there = Math.floor(bytes.byteLength / type.bytes)
  const values = new Float64Array(there * type.elements)
  for (let block = 0; block < there; block += 1) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + block * type.bytes, type.bytes)
    decode(view, values.subarray(block * type.elements, (block + 1) * type.elements))
  }
  const skipped = start - first * type.elements
  return values.subarray(skipped, skipped + count)
}
