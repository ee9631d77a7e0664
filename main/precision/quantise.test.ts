import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { activationRange, calibratedRange, dequantiseBlocks, quantiseBlocks, quantiseRows } from './quantise'

interface Product {
  readonly bits: 4 | 8
  readonly block: number
  readonly symmetric: boolean
  readonly K: number
  readonly N: number
  readonly weight: number[]
  readonly x: number[]
  readonly y: number[]
  readonly codes: number[]
  readonly scales: number[]
  readonly zeros: number[] | null
}
const goldens = JSON.parse(
  readFileSync(new URL('../../test-fixtures/goldens/precision/quantised.json', import.meta.url), 'utf8'),
) as { rows: { weight: number[]; rows: number; codes: number[]; scales: number[] }; products: Product[] }
const fromWords = (words: readonly number[]): Float32Array => new Float32Array(Uint32Array.from(words).buffer)

describe('signed bytes by output channel', () => {
  it("equal numpy's", () => {
    const { weight, rows, codes, scales } = goldens.rows
    const own = quantiseRows(fromWords(weight), rows, true)
    expect([...own.scales]).toEqual([...fromWords(scales)])
    expect([...own.codes]).toEqual(codes)
  })

  it('are off by half a step at most, and survive zeros, NaN and nothing at all', () => {
    fc.assert(
      fc.property(
        fc.float32Array({ minLength: 6, maxLength: 6, noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
        fc.boolean(),
        (values, perChannel) => {
          const { codes, scales } = quantiseRows(values, 2, perChannel)
          values.forEach((value, index) => {
            const scale = scales[perChannel ? Math.floor(index / 3) : 0]!
            expect(Math.abs(codes[index]! * scale - value)).toBeLessThanOrEqual(0.5001 * scale)
          })
        },
      ),
    )
    expect([...quantiseRows(new Float32Array(4), 2, true).scales]).toEqual([1, 1])
    expect([...quantiseRows(Float32Array.of(Number.NaN, 2), 1, true).codes]).toEqual([0, 127])
    expect(quantiseRows(new Float32Array(0), 0, true).codes.length).toBe(0)
  })
})

describe('blocks', () => {
  it.each(
    goldens.products.map(
      (one) =>
        [`${one.bits} bits, blocks of ${one.block}, ${one.symmetric ? 'symmetric' : 'zero points'}`, one] as const,
    ),
  )(
    "%s: codes, scales and products equal onnxruntime's",
    (_, { bits, block, symmetric, K, N, weight, x, y, codes, scales, zeros }) => {
      const options = { bits, blockSize: block, symmetric }
      const own = quantiseBlocks(fromWords(weight), N, options)
      const wanted = fromWords(scales)
      own.scales.forEach((scale, index) =>
        expect(Math.abs(scale - wanted[index]!)).toBeLessThanOrEqual(2e-7 * Math.abs(wanted[index]!)),
      )
      // MatMulNBits of onnxruntime's own codes against a float64 product of what they stand for.
      const parts = {
        codes: Uint8Array.from(codes),
        scales: wanted,
        zeroPoints: zeros === null ? null : Uint8Array.from(zeros),
        blocks: own.blocks,
      }
      const stored = dequantiseBlocks(parts, N, K, options)
      // onnxruntime multiplies by the reciprocal of the scale, so a number next to a half may fall on its other side.
      const mine = dequantiseBlocks(own, N, K, options)
      expect(mine.filter((value, index) => Math.abs(value - stored[index]!) > 1e-6).length).toBeLessThanOrEqual(
        0.01 * mine.length,
      )
      const [inputs, outputs] = [fromWords(x), fromWords(y)]
      outputs.forEach((value, index) => {
        const [row, column] = [Math.floor(index / N), index % N]
        let sum = 0
        for (let k = 0; k < K; k++) sum += inputs[row * K + k]! * stored[column * K + k]!
        expect(Math.abs(sum - value)).toBeLessThan(1e-4)
      })
    },
  )

  it('come back as they were when they are quantised once more', () => {
    fc.assert(
      fc.property(
        fc.float32Array({ minLength: 40, maxLength: 40, noNaN: true, noDefaultInfinity: true, min: -100, max: 100 }),
        fc.constantFrom<4 | 8>(4, 8),
        (values, bits) => {
          const options = { bits, blockSize: 16, symmetric: true }
          const once = quantiseBlocks(values, 2, options)
          const again = quantiseBlocks(dequantiseBlocks(once, 2, 20, options), 2, options)
          // Zero has two signs: one that a negative step leaves, and one that a step too small for a number leaves.
          const unsigned = (all: Float32Array): number[] => Array.from(all, (value) => value + 0)
          expect(unsigned(dequantiseBlocks(again, 2, 20, options))).toEqual(
            unsigned(dequantiseBlocks(once, 2, 20, options)),
          )
        },
      ),
    )
  })
})

describe('ranges of activations', () => {
  it('keep zero exact', () => {
    expect(activationRange(0, 255)).toEqual({ scale: 1, zeroPoint: 0 })
    expect(activationRange(2, 5.1)).toEqual({ scale: Math.fround(5.1 / 255), zeroPoint: 0 })
    expect(activationRange(-1, 3)).toEqual({ scale: Math.fround(4 / 255), zeroPoint: 64 })
    expect(activationRange(0, 0)).toEqual({ scale: 1, zeroPoint: 0 })
  })

  it('leave out what is not finite, and the tails where a percentile says so', () => {
    const values = [
      Float32Array.from({ length: 1001 }, (_, index) => index - 500),
      Float32Array.of(Number.NaN, Infinity),
    ]
    expect(calibratedRange(values, 'minmax', 99)).toEqual({ low: -500, high: 500 })
    expect(calibratedRange(values, 'percentile', 99)).toEqual({ low: -495, high: 495 })
    expect(calibratedRange([new Float32Array(0)], 'minmax', 99)).toBeNull()
  })
})
