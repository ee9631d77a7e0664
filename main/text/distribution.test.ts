import { describe, expect, it } from 'vitest'
import { Generator } from '../tensor/noise'
import { certain, draw, mostLikely, normalised, probabilityOf } from './distribution'

const thirds = normalised([3, 5, 8, 9], [1, 2, 0, 1])

describe('a distribution', () => {
  it('leaves out ids of weight 0 and finds the others', () => {
    expect([...thirds.ids]).toEqual([3, 5, 9])
    expect([2, 3, 4, 5, 8, 9, 10].map((id) => probabilityOf(thirds, id))).toEqual([0, 0.25, 0, 0.5, 0, 0.25, 0])
    expect(mostLikely(thirds)).toBe(5)
    expect(mostLikely(normalised([1, 2, 3], [1, 4, 4]))).toBe(2)
    expect(() => normalised([1], [0])).toThrow(RangeError)
  })

  it('draws in ascending order of ids', () => {
    expect([0, 0.2499, 0.25, 0.7499, 0.75, 0.9999].map((uniform) => draw(thirds, uniform))).toEqual([3, 3, 5, 5, 9, 9])
    expect(draw({ ids: Int32Array.of(1, 2), probabilities: Float64Array.of(0.5, 0.4999) }, 0.99995)).toBe(2)
    expect(draw(certain(7), 0.5)).toBe(7)
  })

  it('draws each id as often as its probability says', () => {
    const random = new Generator(1)
    const counts = new Map<number, number>()
    const draws = 40_000
    for (let i = 0; i < draws; i++) {
      const id = draw(thirds, random.uniform())
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    let chiSquare = 0
    for (const id of thirds.ids) {
      const expected = draws * probabilityOf(thirds, id)
      chiSquare += ((counts.get(id) ?? 0) - expected) ** 2 / expected
    }
    // Two degrees of freedom: 27.6 is passed once in a million.
    expect(chiSquare).toBeLessThan(27.6)
  })
})
