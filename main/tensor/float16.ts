// Half precision: 1 sign bit, 5 exponent bits, 10 mantissa bits. Node 20 has no Float16Array, so the bits are kept in a
// Uint16Array and converted through tables.

const floatView = new Float32Array(1)
const bitView = new Uint32Array(floatView.buffer)

/** Every half-precision value as float32, by its 16 bits. */
const decoded = decodeTable()

/** By the upper 9 bits of a float32 (sign and exponent): what the half starts from and how far the mantissa moves. */
const { base, shift, implicit } = encodeTables()

function decodeTable(): Float32Array {
  const table = new Float32Array(65536)
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 0x1f
    const mantissa = bits & 0x3ff
    if (exponent === 0) table[bits] = sign * mantissa * 2 ** -24
    else if (exponent === 31) table[bits] = mantissa ? NaN : sign * Infinity
    else table[bits] = sign * (1 + mantissa / 1024) * 2 ** (exponent - 15)
  }
  return table
}

function encodeTables(): { base: Uint16Array; shift: Uint8Array; implicit: Uint32Array } {
  const base = new Uint16Array(512)
  const shift = new Uint8Array(512).fill(24)
  const implicit = new Uint32Array(512)
  for (let index = 0; index < 512; index++) {
    const sign = index & 0x100 ? 0x8000 : 0
    const exponent = (index & 0xff) - 127
    base[index] = sign
    if (exponent > 15) {
      base[index] = sign | 0x7c00
    } else if (exponent >= -14) {
      base[index] = sign | ((exponent + 15) << 10)
      shift[index] = 13
    } else if (exponent >= -25) {
      // Subnormal: the leading 1 of the float becomes part of the mantissa. 2^-25 is half of the smallest subnormal.
      implicit[index] = 0x800000
      shift[index] = -1 - exponent
    }
  }
  return { base, shift, implicit }
}

/** The bits of the half nearest to a number; ties go to the even one, too large becomes infinity, NaN stays NaN. */
export function toFloat16(value: number): number {
  floatView[0] = value
  return encodeBits(bitView[0]!)
}

/** The value of a half by its bits. */
export function fromFloat16(bits: number): number {
  return decoded[bits]!
}

/** Rounds float32 values to halves, into `target` where given. Source and target have one length. */
export function float32To16(source: Float32Array, target: Uint16Array = new Uint16Array(source.length)): Uint16Array {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length)
  for (let i = 0; i < bits.length; i++) target[i] = encodeBits(bits[i]!)
  return target
}

/** Widens halves to float32, into `target` where given. Exact. */
export function float16To32(source: Uint16Array, target: Float32Array = new Float32Array(source.length)): Float32Array {
  for (let i = 0; i < source.length; i++) target[i] = decoded[source[i]!]!
  return target
}

function encodeBits(bits: number): number {
  const index = bits >>> 23
  const mantissa = bits & 0x7fffff
  if (mantissa !== 0 && (index & 0xff) === 0xff) return ((bits >>> 16) & 0x8000) | 0x7e00
  const full = mantissa | implicit[index]!
  const by = shift[index]!
  const truncated = base[index]! + (full >>> by)
  const rest = full & ((1 << by) - 1)
  const half = 1 << (by - 1)
  // A carry out of the mantissa lands in the exponent, which is just the next number up, or infinity.
  return rest > half || (rest === half && (truncated & 1) === 1) ? truncated + 1 : truncated
}
