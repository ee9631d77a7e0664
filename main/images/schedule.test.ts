import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AssetId } from '../../contract/ids'
import { sigmaConversionSchema, type SigmaConversion } from '../../contract/images'
import { betaQuantile } from './beta-quantile'
import { dynamicShift, firstStep, plannedSteps, sigmaSchedule, timestepDensity } from './schedule'

const file = path.join(import.meta.dirname, '../../test-fixtures/goldens/sd3/sigmas.json')
const goldens = JSON.parse(readFileSync(file, 'utf8')) as {
  schedules: { steps: number; shift: number; sigmaConversion: SigmaConversion; sigmas: number[] }[]
  starts: { steps: number; strength: number; firstStep: number }[]
}

const anySchedule = fc.record({
  steps: fc.integer({ min: 1, max: 200 }),
  shift: fc.double({ min: 0.1, max: 20, noNaN: true }),
  conversion: fc.constantFrom(...sigmaConversionSchema.options),
})

describe('sigmaSchedule', () => {
  it.each(goldens.schedules)('gives the list of diffusers: $steps steps, shift $shift, $sigmaConversion', (golden) => {
    const sigmas = sigmaSchedule({ ...golden, conversion: golden.sigmaConversion })
    expect(sigmas).toHaveLength(golden.sigmas.length)
    golden.sigmas.forEach((sigma, i) => expect(Math.abs(sigmas[i]! - sigma)).toBeLessThan(1e-6))
  })

  it('falls all the way from 1 to 0', () => {
    fc.assert(
      fc.property(anySchedule, (options) => {
        const sigmas = sigmaSchedule(options)
        expect(sigmas[0]).toBeCloseTo(1, 6)
        expect(sigmas.at(-1)).toBe(0)
        for (let i = 1; i < sigmas.length; i++) expect(sigmas[i]!).toBeLessThan(sigmas[i - 1]!)
      }),
    )
  })

  it('shifts once where the shift is dynamic', () => {
    const rule = { baseShift: 0.5, maxShift: 1.15, baseTokens: 256, maxTokens: 4096 }
    expect(dynamicShift(256, rule)).toBeCloseTo(Math.exp(0.5), 9)
    expect(dynamicShift(4096, rule)).toBeCloseTo(Math.exp(1.15), 9)
    const sigmas = sigmaSchedule({ steps: 4, shift: Math.exp(1.15), doubleShift: false })
    expect(sigmas[3]).toBeCloseTo(Math.exp(1.15) / (Math.exp(1.15) + 999), 6)
  })
})

describe('firstStep', () => {
  it.each(goldens.starts)(
    'of $steps steps at strength $strength is $firstStep',
    ({ steps, strength, firstStep: step }) => {
      expect(firstStep(steps, strength)).toBe(step)
    },
  )

  it('leaves at least one step and never more than all', () => {
    const strengths = fc.double({ min: 0.001, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), strengths, (steps, strength) => {
        const start = firstStep(steps, strength)
        expect(start).toBeGreaterThanOrEqual(0)
        expect(start).toBeLessThan(steps)
      }),
    )
  })
})

describe('plannedSteps', () => {
  it('is what was asked for, or what a start picture leaves of it', () => {
    const assetId = 'a'.repeat(64) as AssetId
    expect(plannedSteps({ steps: 28 })).toBe(28)
    expect(plannedSteps({ steps: 28, initImage: { assetId, strength: 0.6 } })).toBe(17)
  })
})

describe('timestepDensity', () => {
  it('is a density: its area is 1 for any shift', () => {
    for (const shift of [0.5, 1, 3, 6]) {
      const values = timestepDensity(shift, 20_001)
      expect(values.reduce((sum, value) => sum + value, 0) / 20_000).toBeCloseTo(1, 3)
    }
  })

  it('is symmetric without a shift and leans to high noise with one', () => {
    const plain = timestepDensity(1, 101)
    const shifted = timestepDensity(3, 101)
    expect(plain[20]).toBeCloseTo(plain[80]!, 9)
    expect(shifted[80]).toBeGreaterThan(shifted[20]!)
  })
})

describe('betaQuantile', () => {
  it.each([
    // scipy.stats.beta.ppf
    [0.01, 0.6, 0.6, 0.0008612388215429059],
    [0.25, 0.6, 0.6, 0.17568037865269498],
    [0.5, 0.6, 0.6, 0.5],
    [0.9, 0.6, 0.6, 0.9604155944112192],
    [0.3, 2, 5, 0.18180347131894917],
  ])('of %d for beta(%d, %d) is %d', (probability, a, b, expected) => {
    expect(betaQuantile(probability, a, b)).toBeCloseTo(expected, 10)
  })

  it('mirrors itself for equal parameters', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), (probability) => {
        expect(betaQuantile(probability, 0.6, 0.6) + betaQuantile(1 - probability, 0.6, 0.6)).toBeCloseTo(1, 9)
      }),
    )
  })
})
