import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guide, type GuidanceScales } from './guidance'
import { countPasses, isGuided, runsPass, timesteps } from './schedule'
import { TaylorSeer } from './taylor-seer'
import { readGoldenJson } from './testing/scenario'

const width = 4
const values = fc.array(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 12, maxLength: 12 })
const velocity = values.map((numbers) => Float32Array.from(numbers))
const scale = fc.double({ min: 1.01, max: 10, noNaN: true })
const renorm = fc.constantFrom('global', 'channel', 'text_channel' as const)

function difference(one: Float32Array, other: Float32Array): number {
  return one.reduce((worst, value, i) => Math.max(worst, Math.abs(value - other[i]!)), 0)
}

describe('guidance', () => {
  const off = { renorm: 'global', renormMin: 1 } as const

  it('leads nowhere at a text scale of 1 where pictures are left out', () => {
    fc.assert(
      fc.property(velocity, velocity, renorm, (full, other, kind) => {
        const scales: GuidanceScales = { textScale: 1, imageScale: 1, renorm: kind, renormMin: 0 }
        expect(
          difference(guide({ full, withoutText: other, withoutPictures: other }, scales, width), full),
        ).toBeLessThan(1e-5)
      }),
    )
  })

  it('by pictures only raises that by words where the two contexts are one: 1 + b (a - 1)', () => {
    fc.assert(
      fc.property(velocity, velocity, scale, scale, (full, withoutText, a, b) => {
        const both = guide({ full, withoutText, withoutPictures: full }, { ...off, textScale: a, imageScale: b }, width)
        const raised = { ...off, textScale: 1 + b * (a - 1), imageScale: 1 }
        expect(difference(both, guide({ full, withoutText, withoutPictures: full }, raised, width))).toBeLessThan(1e-3)
      }),
    )
  })

  it('never lengthens what renormalisation watches over', () => {
    const norm = (numbers: Float32Array): number => Math.hypot(...numbers)
    fc.assert(
      fc.property(velocity, velocity, velocity, scale, scale, (full, withoutText, withoutPictures, a, b) => {
        const from = { full, withoutText, withoutPictures }
        const whole = guide(from, { textScale: a, imageScale: b, renorm: 'global', renormMin: 0 }, width)
        expect(norm(whole)).toBeLessThanOrEqual(norm(full) * 1.0001 + 1e-6)
        const each = guide(from, { textScale: a, imageScale: b, renorm: 'channel', renormMin: 0 }, width)
        for (let start = 0; start < full.length; start += width) {
          const [token, model] = [each, full].map((numbers) => norm(numbers.subarray(start, start + width)))
          expect(token).toBeLessThanOrEqual(model! * 1.0001 + 1e-6)
        }
      }),
    )
  })

  it('is left alone by renormalisation at a least ratio of 1', () => {
    fc.assert(
      fc.property(velocity, velocity, renorm, (full, withoutText, kind) => {
        const from = { full, withoutText, withoutPictures: full }
        const plain = full.map((value, i) => withoutText[i]! + 4 * (value - withoutText[i]!))
        const scales = { textScale: 4, imageScale: 1, renorm: kind, renormMin: 1 }
        expect(difference(guide(from, scales, width), plain)).toBeLessThan(1e-4)
      }),
    )
  })
})

describe('the schedule', () => {
  it('guides 41 of 49 steps above 0.4 at shift 3, and all of them above 0', () => {
    const times = timesteps(50, 3).subarray(0, -1)
    const guided = (low: number): number =>
      times.filter((time) => isGuided(time, { textScale: 4, interval: [low, 1] })).length
    expect([times.length, guided(0.4), guided(0)]).toEqual([49, 41, 49])
    expect(times.some((time) => isGuided(time, { textScale: 1, interval: [0, 1] }))).toBe(false)
  })

  it('counts passes: 90 for a picture from words, 147 for an edit', () => {
    const drawing = {
      steps: 50,
      shift: 3,
      textScale: 4,
      imageScale: 1,
      interval: [0.4, 1] as [number, number],
      renorm: 'global' as const,
      renormMin: 0,
      taylorSeer: false,
    }
    expect(countPasses(drawing, { withoutText: true, withoutPictures: false })).toEqual({ run: 90, saved: 0 })
    const edit = { ...drawing, imageScale: 2, interval: [0, 1] as [number, number] }
    expect(countPasses(edit, { withoutText: true, withoutPictures: true })).toEqual({ run: 147, saved: 0 })
    expect(countPasses({ ...drawing, taylorSeer: true }, { withoutText: true, withoutPictures: false })).toEqual({
      run: 19 + 17,
      saved: 90 - 36,
    })
  })

  it('runs the passes that the official TaylorSeer runs', () => {
    for (const { steps, full } of readGoldenJson<{ steps: number; full: number[] }[]>('taylorseer')) {
      expect(Array.from({ length: steps }, (_, index) => index).filter(runsPass)).toEqual(full)
    }
  })
})

describe('TaylorSeer', () => {
  it('continues a straight line exactly', () => {
    const at = (pass: number): Float32Array => Float32Array.of(2 + 3 * pass, -pass)
    const seer = new TaylorSeer()
    for (let pass = 0; pass < 20; pass++) {
      if (seer.runsNext) seer.keep(at(pass))
      else expect(difference(seer.predict(), at(pass))).toBeLessThan(1e-4)
    }
  })
})
