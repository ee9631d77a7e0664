// Rounding to a format: to the nearest number that it can hold, ties to the even one (IEEE 754, section 4.3.1).

import type { FloatFormat, IntegerFormat, NumberFormat } from './number-formats'

/** What happens beyond the largest number: it becomes infinity (NaN where there is none), or the largest number itself. */
export type OverflowRule = 'infinity' | 'saturate'

/** A whole number's place among real ones: value = scale * (code - zeroPoint). */
export interface Scaling {
  readonly scale: number
  readonly zeroPoint: number
}

export const unscaled: Scaling = { scale: 1, zeroPoint: 0 }

/** The nearest whole number; ties go to the even one. Exact for every double. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}

/** The exponent e with 2^e <= |value| < 2^(e + 1), for finite values other than 0. */
export function exponentOf(value: number): number {
  const magnitude = Math.abs(value)
  let exponent = Math.floor(Math.log2(magnitude))
  // The logarithm may be off by one next to a power of two.
  if (2 ** exponent > magnitude) exponent -= 1
  else if (2 ** (exponent + 1) <= magnitude) exponent += 1
  return exponent
}

/** The gap between neighbours of a float format around a number: its unit in the last place. The subnormals' where it is 0. */
export function unitInLastPlace(format: FloatFormat, value: number): number {
  const lowest = 1 - format.bias
  if (value === 0 || !Number.isFinite(value)) return 2 ** (lowest - format.mantissaBits)
  return 2 ** (Math.max(exponentOf(value), lowest) - format.mantissaBits)
}

/** Whether a number rounds to something beyond the format's largest; infinity does where the format has none. */
export function overflows(format: FloatFormat, value: number): boolean {
  if (Number.isNaN(value)) return false
  if (!Number.isFinite(value)) return !format.hasInfinity
  const unit = unitInLastPlace(format, value)
  return Math.abs(roundHalfEven(value / unit) * unit) > format.largest
}

/** A number as a float format holds it. NaN stays NaN, or becomes 0 where a format has none (as ONNX casts FP4's NaN is undefined). */
export function roundToFloat(format: FloatFormat, value: number, rule: OverflowRule = 'infinity'): number {
  if (format.name === 'fp64') return value
  if (Number.isNaN(value)) return format.notANumber === 'none' ? 0 : Number.NaN
  if (value === 0) return format.notANumber === 'negative-zero' ? 0 : value
  const unit = unitInLastPlace(format, value)
  const rounded = Number.isFinite(value) ? roundHalfEven(value / unit) * unit : value
  if (Math.abs(rounded) > format.largest) return overflowed(format, value, rule)
  // Negative numbers that vanish keep their sign where the format has a place for it.
  if (rounded === 0) return value < 0 && format.notANumber !== 'negative-zero' ? -0 : 0
  return rounded
}

/** What a number beyond the largest becomes. */
function overflowed(format: FloatFormat, value: number, rule: OverflowRule): number {
  const sign = value < 0 ? -1 : 1
  if (rule === 'saturate' || format.notANumber === 'none') return sign * format.largest
  return format.hasInfinity ? sign * Number.POSITIVE_INFINITY : Number.NaN
}

/** The code of a number in a whole-number format; what is beyond its bounds is clipped, and NaN becomes the zero point. */
export function integerCode(format: IntegerFormat, value: number, { scale, zeroPoint }: Scaling = unscaled): number {
  const code = Number.isNaN(value) ? zeroPoint : roundHalfEven(value / scale) + zeroPoint
  return Math.min(format.largest, Math.max(format.smallest, code))
}

/** A number as any format holds it. */
export function roundToFormat(
  format: NumberFormat,
  value: number,
  options: { readonly rule?: OverflowRule; readonly scaling?: Scaling } = {},
): number {
  if (format.kind === 'float') return roundToFloat(format, value, options.rule)
  const scaling = options.scaling ?? unscaled
  return scaling.scale * (integerCode(format, value, scaling) - scaling.zeroPoint)
}

const floatView = new Float32Array(1)
const bitView = new Uint32Array(floatView.buffer)

/**
 * Rounds float32 values to a narrower float format, into `target` (which may be the source). The same numbers as roundToFloat, some
 * ten times as fast: inside the normal range, rounding is an addition on the bits.
 */
export function roundFloats(
  format: FloatFormat,
  source: Float32Array,
  target: Float32Array = new Float32Array(source.length),
  rule: OverflowRule = 'infinity',
): Float32Array {
  if (format.mantissaBits >= 23) {
    if (target !== source) target.set(source)
    return target
  }
  const drop = 23 - format.mantissaBits
  const half = 2 ** (drop - 1) - 1
  const mask = ~(2 ** drop - 1)
  for (let i = 0; i < source.length; i++) {
    const value = source[i]!
    const magnitude = Math.abs(value)
    if (magnitude >= format.smallestNormal && magnitude <= format.largest) {
      floatView[0] = value
      const bits = bitView[0]!
      bitView[0] = (bits + half + ((bits >>> drop) & 1)) & mask
      const rounded = floatView[0]
      target[i] = Math.abs(rounded) > format.largest ? roundToFloat(format, value, rule) : rounded
    } else {
      target[i] = roundToFloat(format, value, rule)
    }
  }
  return target
}
