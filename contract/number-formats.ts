// Number formats as data: what every one of them can hold. The arithmetic on them is in number-format-codes.ts and
// number-format-rounding.ts.

export const formatNames = [
  'fp64',
  'fp32',
  'tf32',
  'fp16',
  'bf16',
  'fp8-e4m3fn',
  'fp8-e5m2',
  'fp8-e4m3fnuz',
  'fp8-e5m2fnuz',
  'fp4-e2m1',
  'int8',
  'uint8',
  'int4',
  'uint4',
] as const
export type FormatName = (typeof formatNames)[number]

/**
 * Which codes are not a number. `ieee`: all exponent bits set and a mantissa; `all-ones`: all bits but the sign set;
 * `negative-zero`: the one code that would be -0; `none`: every code is a number.
 */
export type NotANumber = 'ieee' | 'all-ones' | 'negative-zero' | 'none'

/** Sign, exponent, mantissa: (-1)^s 2^(E - bias) (1 + M / 2^m), and (-1)^s 2^(1 - bias) M / 2^m where E is 0. */
export interface FloatFormat {
  readonly kind: 'float'
  readonly name: FormatName
  /** As people write it: "FP8 E4M3FN". */
  readonly label: string
  /** Bits of a code; for TF32 those that are used of its 32. */
  readonly bits: number
  readonly exponentBits: number
  readonly mantissaBits: number
  readonly bias: number
  readonly hasInfinity: boolean
  readonly notANumber: NotANumber
  readonly largest: number
  readonly smallestNormal: number
  readonly smallestSubnormal: number
  /** Gap above 1. */
  readonly epsilon: number
  /** Every whole number up to this one is exact. */
  readonly exactIntegersTo: number
}

/** Whole numbers between two bounds, which a scale and a zero point turn into others: scale * (code - zeroPoint). */
export interface IntegerFormat {
  readonly kind: 'integer'
  readonly name: FormatName
  readonly label: string
  readonly bits: number
  readonly signed: boolean
  readonly smallest: number
  readonly largest: number
}

export type NumberFormat = FloatFormat | IntegerFormat

function float(
  name: FormatName,
  label: string,
  [exponentBits, mantissaBits, bias]: readonly [number, number, number],
  notANumber: NotANumber = 'ieee',
): FloatFormat {
  const hasInfinity = notANumber === 'ieee'
  // The highest exponent is a number's own unless infinity lives there; where all ones is NaN, the mantissa below it is the largest.
  const highest = 2 ** exponentBits - 1 - bias - (hasInfinity ? 1 : 0)
  const fullMantissa = 2 - 2 ** -mantissaBits - (notANumber === 'all-ones' ? 2 ** -mantissaBits : 0)
  return {
    kind: 'float',
    name,
    label,
    bits: 1 + exponentBits + mantissaBits,
    exponentBits,
    mantissaBits,
    bias,
    hasInfinity,
    notANumber,
    largest: fullMantissa * 2 ** highest,
    smallestNormal: 2 ** (1 - bias),
    smallestSubnormal: 2 ** (1 - bias - mantissaBits),
    epsilon: 2 ** -mantissaBits,
    exactIntegersTo: 2 ** (mantissaBits + 1),
  }
}

function integer(name: FormatName, label: string, bits: number, signed: boolean): IntegerFormat {
  const smallest = signed ? -(2 ** (bits - 1)) : 0
  return { kind: 'integer', name, label, bits, signed, smallest, largest: smallest + 2 ** bits - 1 }
}

/** Every format, from the widest to the narrowest. FP8 and its FNUZ pair: arXiv:2209.05433, arXiv:2206.02915; FP4: OCP MX 1.0. */
export const numberFormats: { readonly [Name in FormatName]: NumberFormat } = {
  fp64: float('fp64', 'FP64', [11, 52, 1023]),
  fp32: float('fp32', 'FP32', [8, 23, 127]),
  tf32: float('tf32', 'TF32', [8, 10, 127]),
  fp16: float('fp16', 'FP16', [5, 10, 15]),
  bf16: float('bf16', 'BF16', [8, 7, 127]),
  'fp8-e4m3fn': float('fp8-e4m3fn', 'FP8 E4M3FN', [4, 3, 7], 'all-ones'),
  'fp8-e5m2': float('fp8-e5m2', 'FP8 E5M2', [5, 2, 15]),
  'fp8-e4m3fnuz': float('fp8-e4m3fnuz', 'FP8 E4M3FNUZ', [4, 3, 8], 'negative-zero'),
  'fp8-e5m2fnuz': float('fp8-e5m2fnuz', 'FP8 E5M2FNUZ', [5, 2, 16], 'negative-zero'),
  'fp4-e2m1': float('fp4-e2m1', 'FP4 E2M1', [2, 1, 1], 'none'),
  int8: integer('int8', 'INT8', 8, true),
  uint8: integer('uint8', 'UINT8', 8, false),
  int4: integer('int4', 'INT4', 4, true),
  uint4: integer('uint4', 'UINT4', 4, false),
}

/** The format of a name that is known to be a floating-point one. @throws RangeError where it is not */
export function floatFormat(name: FormatName): FloatFormat {
  const format = numberFormats[name]
  if (format.kind !== 'float') throw new RangeError(`${format.label} has no exponent`)
  return format
}
