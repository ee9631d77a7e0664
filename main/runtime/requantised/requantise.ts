import { float16To32 } from '../../tensor/float16'
import { madeBlocks, storedBlock, type RequantisedMatrix } from './plan'

/**
 * Makes bytes of 4-bit codes: of w = scale q + minimum (q from 0 to 15, in blocks of 32 columns, llama.cpp's Q4_1) becomes
 * w = step (code - zero) in blocks of as many columns as the plan says, as MatMulNBits reads 8 bits. Steps divide by 255 what lies between the least and the
 * greatest value that a block's scales and minima can name, zero among them. Eight bits are quicker than four from two rows on: a scale is
 * applied less often, and a whole zero point needs no sums of the activations.
 * @param stored the file of 4-bit codes, from its beginning
 * @param made the file that is made, from its beginning
 */
export function requantise(matrix: RequantisedMatrix, stored: Uint8Array, made: Uint8Array): void {
  const { rows, columns, block: width } = matrix
  const storedBlocks = columns / storedBlock
  const blocks = madeBlocks(matrix)
  const scales = halves(stored, matrix.scale, rows * storedBlocks)
  const minima = halves(stored, matrix.minimum, rows * storedBlocks)
  const [codesAt, stepsAt, zerosAt] = matrix.to
  const steps = new Float32Array(made.buffer, made.byteOffset + stepsAt, rows * blocks)
  const parts = width / storedBlock
  // The byte of each of a stored block's sixteen values.
  const bytes = new Uint8Array(16)
  for (let row = 0; row < rows; row += 1) {
    for (let block = 0; block < blocks; block += 1) {
      const first = row * storedBlocks + block * parts
      const last = Math.min(first + parts, (row + 1) * storedBlocks)
      let [low, high] = [0, 0]
      for (let part = first; part < last; part += 1) {
        const minimum = minima[part]!
        const maximum = minimum + 15 * scales[part]!
        low = Math.min(low, minimum, maximum)
        high = Math.max(high, minimum, maximum)
      }
      const place = row * blocks + block
      const step = Math.fround((high - low) / 255) || 1
      const zero = clampedByte(Math.round(-low / step))
      steps[place] = step
      made[zerosAt + place] = zero
      let to = codesAt + place * width
      for (let part = first; part < last; part += 1) {
        // Half a step above, so that cutting off rounds.
        const slope = scales[part]! / step
        const base = minima[part]! / step + zero + 0.5
        for (let q = 0; q < 16; q += 1) bytes[q] = clampedByte(Math.trunc(slope * q + base))
        const from = matrix.codes + part * (storedBlock / 2)
        for (let at = from; at < from + storedBlock / 2; at += 1) {
          const pair = stored[at]!
          made[to] = bytes[pair & 15]!
          made[to + 1] = bytes[pair >> 4]!
          to += 2
        }
      }
      made.fill(zero, to, codesAt + (place + 1) * width)
    }
  }
}

function clampedByte(value: number): number {
  return Math.min(255, Math.max(0, value))
}

/** Half-precision numbers at a place, as float32. */
function halves(bytes: Uint8Array, at: number, count: number): Float32Array {
  // A copy: what was read may begin at an odd place of its memory.
  return float16To32(new Uint16Array(new Uint8Array(bytes.subarray(at, at + 2 * count)).buffer))
}
