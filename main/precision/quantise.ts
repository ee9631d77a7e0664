// Quantisers: real numbers to whole ones and back. Codes and scales as onnxruntime's own quantisation tools choose them.

import { roundHalfEven } from '../../contract/number-format-rounding'
import { quantile } from '../../contract/precision-statistics'

export interface QuantisedRows {
  /** Signed bytes, rows of K as they came. */
  readonly codes: Int8Array
  /** One a row, or one for all. */
  readonly scales: Float32Array
}

/** The largest magnitude of part of an array. NaN counts as 0: it cannot be quantised in any case. */
function largestMagnitude(values: Float32Array, start: number, end: number): number {
  let largest = 0
  for (let i = start; i < end; i++) {
    const magnitude = Math.abs(values[i]!)
    if (magnitude > largest) largest = magnitude
  }
  return largest
}

/**
 * Signed bytes -127 to 127 with scale = max |w| / 127, by row (an output channel) or for the whole weight.
 * @param values N rows of K; NaN becomes 0
 */
export function quantiseRows(values: Float32Array, rows: number, perChannel: boolean): QuantisedRows {
  const width = rows === 0 ? 0 : values.length / rows
  const codes = new Int8Array(values.length)
  const scales = new Float32Array(perChannel ? rows : 1)
  for (let group = 0; group < scales.length; group++) {
    const [start, end] = perChannel ? [group * width, (group + 1) * width] : [0, values.length]
    // A row of zeros has any scale; 1 keeps it a number.
    const scale = Math.fround(largestMagnitude(values, start, end) / 127) || 1
    scales[group] = scale
    for (let i = start; i < end; i++) codes[i] = Math.max(-127, Math.min(127, roundHalfEven(values[i]! / scale) || 0))
  }
  return { codes, scales }
}

export interface ActivationRange {
  readonly scale: number
  /** 0 to 255. */
  readonly zeroPoint: number
}

/** Scale and zero point of unsigned bytes for values in [low, high]; 0 is always exact, as padding needs it. */
export function activationRange(low: number, high: number): ActivationRange {
  const [from, to] = [Math.min(0, low), Math.max(0, high)]
  const scale = Math.fround((to - from) / 255)
  if (!(scale > 0) || !Number.isFinite(scale)) return { scale: 1, zeroPoint: 0 }
  return { scale, zeroPoint: Math.max(0, Math.min(255, roundHalfEven(-from / scale))) }
}

/** The range of calibration values: least and greatest, or the inner share of them in percent. Null for none. */
export function calibratedRange(
  values: readonly Float32Array[],
  method: 'minmax' | 'percentile',
  percentile: number,
): { low: number; high: number } | null {
  let [low, high, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for (const array of values) {
    for (const value of array) {
      if (!Number.isFinite(value)) continue
      count += 1
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  if (count === 0) return null
  if (method === 'minmax') return { low, high }
  const sorted = new Float64Array(count)
  let at = 0
  for (const array of values) for (const value of array) if (Number.isFinite(value)) sorted[at++] = value
  sorted.sort()
  const tail = (100 - percentile) / 200
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) }
}

export interface QuantisedBlocks {
  /** [N, blocks, bytes of a block]: codes packed from the low bits up. */
  readonly codes: Uint8Array
  /** [N, blocks]. */
  readonly scales: Float32Array
  /** [N, bytes of a row's zero points], packed alike; null where all are 2^(bits - 1). */
  readonly zeroPoints: Uint8Array | null
  readonly blocks: number
}

/**
 * Weights in blocks along K with one scale each (and a zero point), as MatMulNBits reads them: round to nearest, as onnxruntime's
 * MatMulNBitsQuantizer ("default") chooses scales: symmetric from the value of the largest magnitude, which gets the lowest code;
 * asymmetric from the range, 0 included.
 * @param values N rows of K; the last block is filled up with zeros
 */
export function quantiseBlocks(
  values: Float32Array,
  rows: number,
  options: { bits: 4 | 8; blockSize: number; symmetric: boolean },
): QuantisedBlocks {
  const { bits, blockSize, symmetric } = options
  const width = rows === 0 ? 0 : values.length / rows
  const blocks = Math.ceil(width / blockSize)
  const perByte = 8 / bits
  const blockBytes = blockSize / perByte
  const rowZeroBytes = Math.ceil(blocks / perByte)
  const codes = new Uint8Array(rows * blocks * blockBytes)
  const scales = new Float32Array(rows * blocks)
  const zeroPoints = symmetric ? null : new Uint8Array(rows * rowZeroBytes)
  const most = 2 ** bits - 1
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const start = row * width + block * blockSize
      const end = Math.min(start + blockSize, (row + 1) * width)
      const { scale, zeroPoint } = symmetric
        ? symmetricBlock(values, start, end, bits)
        : asymmetricBlock(values, start, end, bits)
      scales[row * blocks + block] = scale
      if (zeroPoints !== null) {
        zeroPoints[row * rowZeroBytes + Math.floor(block / perByte)]! |= zeroPoint << (bits * (block % perByte))
      }
      const at = (row * blocks + block) * blockBytes
      for (let k = 0; k < blockSize; k++) {
        const value = start + k < end ? values[start + k]! : 0
        const code =
          scale === 0 ? zeroPoint : Math.max(0, Math.min(most, roundHalfEven(value / scale) + zeroPoint || 0))
        codes[at + Math.floor(k / perByte)]! |= code << (bits * (k % perByte))
      }
    }
  }
  return { codes, scales, zeroPoints, blocks }
}

function symmetricBlock(values: Float32Array, start: number, end: number, bits: number): ActivationRange {
  const half = 2 ** (bits - 1)
  let extreme = 0
  for (let i = start; i < end; i++) if (Math.abs(values[i]!) > Math.abs(extreme)) extreme = values[i]!
  return { scale: Math.fround(extreme / -half), zeroPoint: half }
}

function asymmetricBlock(values: Float32Array, start: number, end: number, bits: number): ActivationRange {
  const most = 2 ** bits - 1
  let [low, high] = [0, 0]
  for (let i = start; i < end; i++) {
    if (values[i]! < low) low = values[i]!
    if (values[i]! > high) high = values[i]!
  }
  const scale = Math.fround((high - low) / most)
  return { scale, zeroPoint: scale === 0 ? 2 ** (bits - 1) : Math.max(0, Math.min(most, roundHalfEven(-low / scale))) }
}

/** The weights that blocks stand for: N rows of K. */
export function dequantiseBlocks(
  { codes, scales, zeroPoints, blocks }: QuantisedBlocks,
  rows: number,
  width: number,
  options: { bits: number; blockSize: number },
): Float32Array {
  const { bits, blockSize } = options
  const perByte = 8 / bits
  const blockBytes = blockSize / perByte
  const rowZeroBytes = Math.ceil(blocks / perByte)
  const mask = 2 ** bits - 1
  const values = new Float32Array(rows * width)
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < width; k++) {
      const block = Math.floor(k / blockSize)
      const inBlock = k % blockSize
      const byte = codes[(row * blocks + block) * blockBytes + Math.floor(inBlock / perByte)]!
      const code = (byte >> (bits * (inBlock % perByte))) & mask
      const zeroByte = zeroPoints?.[row * rowZeroBytes + Math.floor(block / perByte)]
      const zero = zeroByte === undefined ? 2 ** (bits - 1) : (zeroByte >> (bits * (block % perByte))) & mask
      values[row * width + k] = scales[row * blocks + block]! * (code - zero)
    }
  }
  return values
}
