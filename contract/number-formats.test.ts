import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  codeCount,
  decode,
  encode,
  inspectCode,
  inspectNumber,
  neighbour,
  representablePoints,
} from './number-format-codes'
import { exponentOf, integerCode, roundFloats, roundHalfEven, roundToFloat } from './number-format-rounding'
import { floatFormat, formatNames, numberFormats, type FloatFormat, type FormatName } from './number-formats'

interface Golden {
  readonly values: number[]
  readonly rounded: number[]
  readonly decoded?: number[]
  readonly castInfinity?: number[]
  readonly castSaturated?: number[]
}
const goldens = JSON.parse(
  readFileSync(new URL('../test-fixtures/goldens/precision/formats.json', import.meta.url), 'utf8'),
) as Record<string, Golden>

const floats = formatNames
  .map((name) => numberFormats[name])
  .filter((format): format is FloatFormat => format.kind === 'float')
const small = floats.filter(({ bits }) => bits <= 16)
const fromWords = (words: readonly number[]): Float32Array => new Float32Array(Uint32Array.from(words).buffer)
/** Same number, the sign of zero and NaN included. */
const alike = (a: number, b: number): boolean => Object.is(a, b) || (Number.isNaN(a) && Number.isNaN(b))

describe('number formats', () => {
  it('have the limits that their papers give', () => {
    const limits = (name: FormatName) => {
      const { largest, smallestNormal, smallestSubnormal, epsilon } = floatFormat(name)
      return [largest, smallestNormal, smallestSubnormal, epsilon]
    }
    expect(limits('fp64')).toEqual([Number.MAX_VALUE, 2 ** -1022, Number.MIN_VALUE, Number.EPSILON])
    expect(limits('fp16')).toEqual([65504, 2 ** -14, 2 ** -24, 2 ** -10])
    expect(limits('bf16')).toEqual([3.3895313892515355e38, 2 ** -126, 2 ** -133, 2 ** -7])
    expect(limits('fp8-e4m3fn')).toEqual([448, 2 ** -6, 2 ** -9, 0.125])
    expect(limits('fp8-e5m2')).toEqual([57344, 2 ** -14, 2 ** -16, 0.25])
    expect(limits('fp8-e4m3fnuz')).toEqual([240, 2 ** -7, 2 ** -10, 0.125])
    expect(limits('fp8-e5m2fnuz')).toEqual([57344, 2 ** -15, 2 ** -17, 0.25])
    expect(limits('fp4-e2m1')).toEqual([6, 1, 0.5, 0.5])
  })

  it.each(small.map((format) => [format.name, format] as const))('%s: every code comes back as itself', (_, format) => {
    const wrong: bigint[] = []
    for (let code = 0n; code < codeCount(format); code++) {
      const value = decode(format, code)
      // NaN has many codes and comes back as the quiet one.
      if (Number.isNaN(value) ? !Number.isNaN(decode(format, encode(format, value))) : encode(format, value) !== code)
        wrong.push(code)
    }
    expect(wrong).toEqual([])
  })

  it.each(Object.keys(goldens))('%s rounds and decodes as ml_dtypes and onnxruntime do', (name) => {
    const format = floatFormat(name as FormatName)
    const golden = goldens[name]!
    const values = fromWords(golden.values)
    const differ = (
      expected: readonly number[],
      rule: 'infinity' | 'saturate',
      keep: (value: number) => boolean = () => true,
    ) => {
      const wanted = fromWords(expected)
      return [...values].flatMap((value, index) => {
        const own = roundToFloat(format, value, rule)
        return !keep(value) || alike(own, wanted[index]!) ? [] : [{ value, own, wanted: wanted[index] }]
      })
    }
    // ml_dtypes turns NaN into a number in FP4, which has none; nobody says which.
    expect(differ(golden.rounded, 'infinity', (value) => name !== 'fp4-e2m1' || !Number.isNaN(value))).toEqual([])
    // Without saturation onnxruntime 1.32 still clips what is beyond the largest number of two 8-bit formats, up to the next power of
    // two; ml_dtypes and ONNX's own table do not.
    const clipsLast = name === 'fp8-e4m3fn' || name === 'fp8-e5m2'
    const nextPower = 2 ** (exponentOf(format.largest) + 1)
    const isClipped = (value: number): boolean => Math.abs(value) > format.largest && Math.abs(value) < nextPower
    if (golden.castInfinity !== undefined) {
      expect(differ(golden.castInfinity, 'infinity', (value) => !clipsLast || !isClipped(value))).toEqual([])
    }
    const saturates = name.startsWith('fp8')
    if (golden.castSaturated !== undefined && saturates) expect(differ(golden.castSaturated, 'saturate')).toEqual([])
    golden.decoded?.forEach((word, code) => {
      expect(alike(decode(format, BigInt(code)), fromWords([word])[0]!), `code ${code}`).toBe(true)
    })
  })

  it('send ties to the even neighbour and overflow where rounding leaves the range', () => {
    const half = floatFormat('fp16')
    expect(roundToFloat(half, 1 + 2 ** -11)).toBe(1)
    expect(roundToFloat(half, 1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9)
    expect(roundToFloat(half, 65519.99)).toBe(65504)
    expect(roundToFloat(half, 65520)).toBe(Infinity)
    expect(roundToFloat(half, 65520, 'saturate')).toBe(65504)
    expect(roundToFloat(half, 2 ** -25)).toBe(0)
    expect(roundToFloat(half, 2 ** -25 * (1 + 2 ** -40))).toBe(2 ** -24)
    expect(Object.is(roundToFloat(half, -1e-9), -0)).toBe(true)
    expect(roundToFloat(floatFormat('fp8-e4m3fn'), 1000)).toBeNaN()
    expect(roundToFloat(floatFormat('bf16'), 999)).toBe(1000)
    expect([0.5, 1.5, 2.5, -0.5, -1.5].map(roundHalfEven)).toEqual([0, 2, 2, 0, -2])
  })

  it('agree with the engine on FP32, and arrays are rounded as single numbers are', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(alike(roundToFloat(floatFormat('fp32'), value), Math.fround(value))).toBe(true)
      }),
    )
    fc.assert(
      fc.property(
        fc.float32Array(),
        fc.constantFrom(...small),
        fc.constantFrom('infinity' as const, 'saturate' as const),
        (values, format, rule) => {
          const rounded = roundFloats(format, values, undefined, rule)
          values.forEach((value, index) => expect(alike(rounded[index]!, roundToFloat(format, value, rule))).toBe(true))
        },
      ),
    )
  })

  it('never round further than half a unit inside the range', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(...floats),
        (value, { name, largest }) => {
          fc.pre(Math.abs(value) <= largest)
          const { errorInUnits, flags } = inspectNumber(name, value)
          expect(errorInUnits).toBeLessThanOrEqual(0.5)
          expect(flags.overflow).toBe(false)
        },
      ),
    )
  })
})

describe('whole numbers', () => {
  it('round, clip and come back through scale and zero point', () => {
    const int8 = numberFormats.int8
    if (int8.kind !== 'integer') throw new Error('int8 is a whole-number format')
    expect([126.5, 127.4, 200, -128.5, -300, Number.NaN].map((value) => integerCode(int8, value))).toEqual([
      126, 127, 127, -128, -128, 0,
    ])
    for (const name of ['int8', 'uint8', 'int4', 'uint4'] as const) {
      const format = numberFormats[name]
      for (let code = 0n; code < codeCount(format); code++) {
        const scaling = { scale: 0.25, zeroPoint: format.kind === 'integer' && !format.signed ? 3 : 0 }
        expect(encode(format, decode(format, code, scaling), { scaling })).toBe(code)
      }
    }
  })
})

describe('the bit inspector', () => {
  it('tells fields, flags and neighbours', () => {
    const half = inspectNumber('fp16', 0.1)
    expect(half.fields.map(({ bits }) => bits)).toEqual(['0', '01011', '1001100110'])
    expect([half.hex, half.stored, half.flags.inexact]).toEqual(['2e66', 0.0999755859375, true])
    expect(inspectNumber('fp16', 1e6).flags).toMatchObject({ overflow: true, infinite: true })
    expect(inspectNumber('fp16', 1e-9).flags).toMatchObject({ underflow: true, subnormal: false })
    expect(inspectNumber('fp16', 1e-7).flags).toMatchObject({ subnormal: true, underflow: false })
    expect(inspectNumber('fp8-e4m3fn', 500).flags).toMatchObject({ overflow: true, notANumber: true })
    expect(inspectNumber('fp32', 0.5).flags).toMatchObject({ inexact: false, overflow: false })
    expect(inspectCode('fp16', 0x7e00n).flags.notANumber).toBe(true)
    expect(inspectNumber('fp64', Math.PI).stored).toBe(Math.PI)
  })

  it.each(small.map((format) => [format.name, format] as const))(
    '%s: stepping up visits every finite number once',
    (_, format) => {
      const distinct = new Set<number>()
      for (let code = 0n; code < codeCount(format); code++) {
        const value = decode(format, code)
        if (Number.isFinite(value)) distinct.add(value === 0 ? 0 : value)
      }
      let count = 1
      let value = -format.largest
      for (let next = neighbour(format, value, 'above'); next !== null; next = neighbour(format, value, 'above')) {
        if (!(next > value) || neighbour(format, next, 'below') !== value) throw new Error(`${value} to ${next}`)
        value = next
        count += 1
      }
      expect([value, count]).toEqual([format.largest, distinct.size])
    },
  )

  it('gives the points of a number line, thinned where there are too many', () => {
    expect(representablePoints(numberFormats['fp4-e2m1'], 0.1, 100, 50)).toEqual([0.5, 1, 1.5, 2, 3, 4, 6])
    const many = representablePoints(numberFormats.fp32, 1e-3, 1e3, 200)
    expect(many.length).toBeLessThanOrEqual(200)
    expect(many.every((value, index) => index === 0 || value > many[index - 1]!)).toBe(true)
    expect(representablePoints(numberFormats.fp16, 1e9, 1e10, 50)).toEqual([])
  })
})
