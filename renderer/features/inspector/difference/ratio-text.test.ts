import { describe, expect, it } from 'vitest'
import { ratioText } from './ratio-text'

describe('a ratio', () => {
  it.each([
    [100, 75, '0.75×'],
    [265, 264, '1.00×'],
    [5, 5, '1×'],
    [0, 0, '1×'],
    [10, 2000, '200×'],
    [18_872_256, 10_452, '1/1\u202f810'],
    [12, 0, '–'],
    [0, 12, '–'],
  ])('of %d to %d is %s', (before, after, words) => {
    expect(ratioText(before, after).replaceAll(/[\u2009\u00a0]/g, '\u202f')).toBe(words)
  })
})
