// The codes of number formats: which bits stand for which number, and what a person wants to know of one.

import {
  integerCode,
  overflows,
  roundToFloat,
  unitInLastPlace,
  unscaled,
  type OverflowRule,
  type Scaling,
} from './number-format-rounding'
import { numberFormats, type FloatFormat, type FormatName, type NumberFormat } from './number-formats'

const doubleView = new DataView(new ArrayBuffer(8))

/** A number's 64 bits as a double. */
function doubleBits(value: number): bigint {
  doubleView.setFloat64(0, value)
  return doubleView.getBigUint64(0)
}

/** All codes of a format: 2^bits. */
export function codeCount(format: NumberFormat): bigint {
  return 1n << BigInt(format.bits)
}

function notANumberCode(format: FloatFormat): bigint {
  const { exponentBits, mantissaBits } = format
  if (format.notANumber === 'negative-zero') return 1n << BigInt(exponentBits + mantissaBits)
  if (format.notANumber === 'all-ones') return (1n << BigInt(exponentBits + mantissaBits)) - 1n
  // IEEE 754's quiet NaN: the highest bit of the mantissa.
  return (((1n << BigInt(exponentBits)) - 1n) << BigInt(mantissaBits)) | (1n << BigInt(mantissaBits - 1))
}

/** The code of a number that the format holds exactly (as roundToFormat gives it), NaN and infinity included. */
function codeOfExact(format: FloatFormat, value: number): bigint {
  if (Number.isNaN(value)) return notANumberCode(format)
  const { exponentBits, mantissaBits, bias } = format
  const sign = value < 0 || Object.is(value, -0) ? 1n << BigInt(exponentBits + mantissaBits) : 0n
  if (!Number.isFinite(value)) return sign | (((1n << BigInt(exponentBits)) - 1n) << BigInt(mantissaBits))
  if (value === 0) return sign
  if (format.name === 'fp64') return doubleBits(value)
  const unit = unitInLastPlace(format, value)
  // Whole numbers of units: of a normal number between 2^m and 2^(m + 1), the leading one being its exponent field's step.
  const units = BigInt(Math.abs(value) / unit)
  const exponent = BigInt(Math.round(Math.log2(unit)) + mantissaBits + bias - 1)
  return sign | ((exponent << BigInt(mantissaBits)) + units)
}

/** The code nearest to a number. */
export function encode(
  format: NumberFormat,
  value: number,
  options: { readonly rule?: OverflowRule; readonly scaling?: Scaling } = {},
): bigint {
  if (format.kind === 'float') return codeOfExact(format, roundToFloat(format, value, options.rule))
  return BigInt.asUintN(format.bits, BigInt(integerCode(format, value, options.scaling)))
}

/** The number that a code stands for. @throws RangeError where the code has more bits than the format */
export function decode(format: NumberFormat, code: bigint, scaling: Scaling = unscaled): number {
  if (code < 0n || code >= codeCount(format)) throw new RangeError(`${format.label} has codes of ${format.bits} bits`)
  if (format.kind === 'integer') {
    const whole = Number(format.signed ? BigInt.asIntN(format.bits, code) : code)
    return scaling.scale * (whole - scaling.zeroPoint)
  }
  if (format.name === 'fp64') {
    doubleView.setBigUint64(0, code)
    return doubleView.getFloat64(0)
  }
  const { exponentBits, mantissaBits, bias, notANumber } = format
  const mantissa = Number(code & ((1n << BigInt(mantissaBits)) - 1n))
  const exponent = Number((code >> BigInt(mantissaBits)) & ((1n << BigInt(exponentBits)) - 1n))
  const sign = code >> BigInt(exponentBits + mantissaBits) === 1n ? -1 : 1
  const highest = 2 ** exponentBits - 1
  if (notANumber === 'negative-zero' && code === notANumberCode(format)) return Number.NaN
  if (notANumber === 'all-ones' && exponent === highest && mantissa === 2 ** mantissaBits - 1) return Number.NaN
  if (notANumber === 'ieee' && exponent === highest)
    return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0
    ? sign * mantissa * 2 ** (1 - bias - mantissaBits)
    : sign * (2 ** mantissaBits + mantissa) * 2 ** (exponent - bias - mantissaBits)
}

/** What happened to a number on its way into a format. */
export interface NumberFlags {
  /** It was beyond the largest number and became infinity, NaN or the bound. */
  readonly overflow: boolean
  /** It was not 0 and became 0. */
  readonly underflow: boolean
  /** What is stored is below the smallest normal number, with fewer bits than the others. */
  readonly subnormal: boolean
  /** What is stored is not what was given. */
  readonly inexact: boolean
  readonly infinite: boolean
  readonly notANumber: boolean
}

/** A number in one format, with everything that the bit inspector shows. */
export interface InspectedNumber {
  readonly format: FormatName
  readonly code: bigint
  /** Lower-case hexadecimal digits of the code, all of them. */
  readonly hex: string
  /** The bits by field, the highest first: sign, exponent and mantissa; of a whole number its sign (where it has one) and value. */
  readonly fields: readonly { readonly part: 'sign' | 'exponent' | 'mantissa'; readonly bits: string }[]
  readonly stored: number
  /** stored - given; NaN where either is not finite and they differ. */
  readonly error: number
  /** The gap to the next number of the format: its unit in the last place. For whole numbers the scale. */
  readonly unit: number
  /** |error| in units: at most 0.5 where nothing overflowed. */
  readonly errorInUnits: number
  readonly flags: NumberFlags
  /** The next numbers down and up; null beyond the ends. */
  readonly below: number | null
  readonly above: number | null
}

function bitFields(format: NumberFormat, code: bigint): InspectedNumber['fields'] {
  const text = code.toString(2).padStart(format.bits, '0')
  if (format.kind === 'integer') {
    if (!format.signed) return [{ part: 'mantissa', bits: text }]
    return [
      { part: 'sign', bits: text.slice(0, 1) },
      { part: 'mantissa', bits: text.slice(1) },
    ]
  }
  const split = 1 + format.exponentBits
  return [
    { part: 'sign', bits: text.slice(0, 1) },
    { part: 'exponent', bits: text.slice(1, split) },
    { part: 'mantissa', bits: text.slice(split) },
  ]
}

/** The number of a format next to one that it holds; null where there is none, at infinity and NaN too. */
export function neighbour(
  format: NumberFormat,
  stored: number,
  direction: 'below' | 'above',
  scaling: Scaling = unscaled,
): number | null {
  if (!Number.isFinite(stored)) return null
  const up = direction === 'above'
  if (format.kind === 'integer') {
    const code = Math.round(stored / scaling.scale) + scaling.zeroPoint + (up ? 1 : -1)
    return code < format.smallest || code > format.largest ? null : scaling.scale * (code - scaling.zeroPoint)
  }
  // Away from zero the code grows by one; through zero the sign turns.
  if (stored === 0) return up ? format.smallestSubnormal : -format.smallestSubnormal
  const magnitude = codeOfExact(format, Math.abs(stored))
  const outward = up === stored > 0
  if (outward && Math.abs(stored) === format.largest) return null
  const next = decode(format, outward ? magnitude + 1n : magnitude - 1n)
  // Minus zero is zero to whoever steps through a format.
  return stored < 0 ? 0 - next : next
}

function flagsOf(format: NumberFormat, given: number, stored: number, scaling: Scaling): NumberFlags {
  const isFloat = format.kind === 'float'
  const beyond = isFloat
    ? overflows(format, given)
    : integerCode({ ...format, smallest: -Infinity, largest: Infinity }, given, scaling) !==
      integerCode(format, given, scaling)
  return {
    overflow: beyond,
    underflow: given !== 0 && stored === 0 && !Number.isNaN(given),
    subnormal: isFloat && stored !== 0 && Math.abs(stored) < format.smallestNormal,
    inexact: !Object.is(stored, given) && stored !== given,
    infinite: stored === Infinity || stored === -Infinity,
    notANumber: Number.isNaN(stored),
  }
}

/** All that the bit inspector says of a number in a format. */
export function inspectNumber(
  name: FormatName,
  given: number,
  options: { readonly rule?: OverflowRule; readonly scaling?: Scaling } = {},
): InspectedNumber {
  return inspectCode(name, encode(numberFormats[name], given, options), options.scaling, given)
}

/** All that the bit inspector says of a code, such as one whose bits were clicked; `given` is what it was made from. */
export function inspectCode(
  name: FormatName,
  code: bigint,
  scaling: Scaling = unscaled,
  given: number = decode(numberFormats[name], code, scaling),
): InspectedNumber {
  const format = numberFormats[name]
  const stored = decode(format, code, scaling)
  const unit =
    format.kind === 'float' ? unitInLastPlace(format, Number.isFinite(stored) ? stored : given) : scaling.scale
  const error = Object.is(stored, given) ? 0 : stored - given
  return {
    format: name,
    code,
    hex: code.toString(16).padStart(Math.ceil(format.bits / 4), '0'),
    fields: bitFields(format, code),
    stored,
    error,
    unit,
    errorInUnits: Math.abs(error) / unit,
    flags: flagsOf(format, given, stored, scaling),
    below: neighbour(format, stored, 'below', scaling),
    above: neighbour(format, stored, 'above', scaling),
  }
}

/**
 * The positive numbers of a format in [low, high] for a log number line, ascending; where there are more than `most`, evenly thinned
 * by their order, which in a float format is nearly even on a log axis.
 */
export function representablePoints(
  format: NumberFormat,
  low: number,
  high: number,
  most: number,
  scaling: Scaling = unscaled,
): number[] {
  const largest = format.kind === 'float' ? format.largest : scaling.scale * (format.largest - scaling.zeroPoint)
  const smallest = format.kind === 'float' ? format.smallestSubnormal : scaling.scale
  const from = Math.max(low, smallest)
  const to = Math.min(high, largest)
  if (!(from <= to) || most < 1) return []
  const codeAt = (value: number): bigint =>
    format.kind === 'float' ? encode(format, value) : BigInt(Math.round(value / scaling.scale))
  const valueAt = (code: bigint): number =>
    format.kind === 'float' ? decode(format, code) : scaling.scale * Number(code)
  let first = codeAt(from)
  let last = codeAt(to)
  if (valueAt(first) < from) first += 1n
  if (valueAt(last) > to) last -= 1n
  const count = last - first + 1n
  if (count <= 0n) return []
  const step = count <= BigInt(most) ? 1n : (count + BigInt(most) - 1n) / BigInt(most)
  const points: number[] = []
  for (let code = first; code <= last; code += step) points.push(valueAt(code))
  return points
}
