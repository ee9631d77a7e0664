import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binStart, exponentHistogram, mergeHistograms, windowCounts } from './exponent-histogram'
import { roundToFloat } from './number-format-rounding'
import { floatFormat } from './number-formats'
import { structuralSimilarity } from './picture-similarity'
import {
  compareTensors,
  divergenceOfLogits,
  peakSignalToNoise,
  relativeError,
  signalToNoise,
} from './precision-statistics'

const golden = JSON.parse(
  readFileSync(new URL('../test-fixtures/goldens/precision/pictures.json', import.meta.url), 'utf8'),
) as { width: number; height: number; one: number[]; other: number[]; ssim: number; map: number[]; psnr: number }
const fromWords = (words: readonly number[]): Float32Array => new Float32Array(Uint32Array.from(words).buffer)

describe('errors between tensors', () => {
  it('of equal tensors are none, and the ratio is infinite', () => {
    const values = Float32Array.of(1, -2, 3)
    expect(compareTensors(values, values)).toEqual({
      maxAbsolute: 0,
      relative: { median: 0, p99: 0, largest: 0 },
      sqnr: 'infinity',
      cosine: 1,
      notFinite: 0,
    })
    expect(relativeError('infinity')).toBe(0)
  })

  it('of tensors that are empty, zero or not finite are told apart', () => {
    expect(compareTensors([], [])).toMatchObject({
      maxAbsolute: 0,
      sqnr: 'infinity',
      cosine: null,
      relative: null,
      notFinite: 0,
    })
    expect(compareTensors([0, 0], [0, 0])).toMatchObject({ sqnr: 'infinity', cosine: null })
    expect(compareTensors([0, 0], [1, 0])).toMatchObject({ maxAbsolute: 1, sqnr: null })
    expect(compareTensors([1, 2], [Number.NaN, Infinity])).toMatchObject({
      maxAbsolute: null,
      sqnr: null,
      cosine: null,
      notFinite: 2,
    })
    expect(compareTensors([Infinity], [Infinity])).toMatchObject({ maxAbsolute: 0, notFinite: 1 })
    expect(() => compareTensors([1], [1, 2])).toThrow(RangeError)
  })

  it('give a mantissa bit 6 dB', () => {
    const values = Float32Array.from({ length: 4000 }, (_, index) => Math.sin(index * 12.9898) * 3)
    const ratio = (name: 'fp16' | 'bf16'): number =>
      signalToNoise(
        values,
        values.map((value) => roundToFloat(floatFormat(name), value)),
      ) as number
    expect((ratio('fp16') - ratio('bf16')) / 3).toBeCloseTo(6.02, 0)
  })

  it('of logits are 0 for rows that differ by a constant, and never below', () => {
    expect(divergenceOfLogits([1, 2, 3], [11, 12, 13])).toBeCloseTo(0, 12)
    expect(divergenceOfLogits([0, 0], [Math.log(3), 0])).toBeCloseTo(0.5 * Math.log(2 / 3) + 0.5 * Math.log(2), 12)
    expect(divergenceOfLogits([0, Number.NaN], [0, 0])).toBeNull()
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.float({ noNaN: true, min: -30, max: 30 }), fc.float({ noNaN: true, min: -30, max: 30 })), {
          minLength: 1,
        }),
        (rows) => {
          expect(
            divergenceOfLogits(
              rows.map(([one]) => one),
              rows.map(([, other]) => other),
            ),
          ).toBeGreaterThanOrEqual(0)
        },
      ),
    )
  })
})

describe('pictures', () => {
  it('are as alike as scikit-image says', () => {
    const { width, height } = golden
    const [one, other] = [fromWords(golden.one), fromWords(golden.other)]
    const picture = (data: Float32Array) => ({ width, height, channels: 3, data })
    const { mean, map } = structuralSimilarity(picture(one), picture(other))
    expect(mean).toBeCloseTo(golden.ssim, 6)
    map.forEach((value, index) => expect(Math.abs(value - golden.map[index]!)).toBeLessThan(1e-5))
    expect(peakSignalToNoise(one, other)).toBeCloseTo(golden.psnr, 6)
    expect(structuralSimilarity(picture(one), picture(one)).mean).toBeCloseTo(1, 12)
  })

  it('smaller than the window have a map but no mean', () => {
    const small = { width: 4, height: 4, channels: 1, data: new Float32Array(16).fill(0.5) }
    expect(structuralSimilarity(small, small).mean).toBeNull()
  })
})

describe('exponent histograms', () => {
  const anyFloats = fc.float32Array({ minLength: 0, maxLength: 200 })

  it('count every number once', () => {
    fc.assert(
      fc.property(anyFloats, (values) => {
        const { counts, zeros, infinite, notANumber, total } = exponentHistogram(values)
        expect(counts.reduce((sum, count) => sum + count, 0) + zeros + infinite + notANumber).toBe(values.length)
        expect(total).toBe(values.length)
      }),
    )
  })

  it('merge as if the numbers had been counted together', () => {
    fc.assert(
      fc.property(anyFloats, anyFloats, (one, other) => {
        const merged = mergeHistograms([exponentHistogram(one), exponentHistogram(other)])
        expect(merged).toEqual(exponentHistogram(Float32Array.of(...one, ...other)))
      }),
    )
  })

  it('tell what a format does under a power of two as rounding each number does', () => {
    // Sixteenths of an octave: numbers that a bin's middle speaks for.
    const middle = fc
      .tuple(fc.integer({ min: -40, max: 20 }), fc.integer({ min: 0, max: 15 }))
      .map(([e, part]) => 2 ** e * (1 + (part + 0.5) / 16))
    fc.assert(
      fc.property(
        fc.array(middle),
        fc.integer({ min: -10, max: 20 }),
        fc.constantFrom('fp16', 'bf16', 'fp8-e4m3fn', 'fp8-e5m2'),
        (values, power, name) => {
          const format = floatFormat(name)
          const scale = 2 ** power
          const counts = windowCounts(exponentHistogram(values), format, scale)
          const rounded = values.map((value) => roundToFloat(format, value * scale))
          expect(counts.overflow).toBe(rounded.filter((value) => !Number.isFinite(value)).length)
          expect(counts.vanished).toBe(rounded.filter((value) => value === 0).length)
          expect(counts.subnormal).toBe(rounded.filter((value) => value !== 0 && value < format.smallestNormal).length)
          expect(Object.values<number>({ ...counts }).reduce((sum, count) => sum + count, 0)).toBe(values.length)
        },
      ),
    )
  })

  it('say where their bins begin', () => {
    const histogram = exponentHistogram([1, 1.75, 3])
    expect([histogram.firstExponent, binStart(histogram, 0), binStart(histogram, 12), binStart(histogram, 24)]).toEqual(
      [0, 1, 1.75, 3],
    )
  })
})
