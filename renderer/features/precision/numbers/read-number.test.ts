import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatNumber } from './format-number'
import { readNumber } from './read-number'

describe('readNumber', () => {
  it.each([
    ['0.1', 0.1],
    ['.5', 0.5],
    ['65 504', 65504],
    ['−1.5', -1.5],
    ['-0', -0],
    ['6.5e4', 65000],
    ['1.5×10^-3', 0.0015],
    ['1/3', 1 / 3],
    ['2^-24', 2 ** -24],
    ['-2^3', -8],
    ['pi', Math.PI],
    ['-inf', -Infinity],
    ['NaN', Number.NaN],
  ])('reads %s', (text, value) => expect(readNumber(text)).toBe(value))

  it.each(['', 'one', '1e', '1/', '2^', '1//2', '0x10', '1,5', '--1'])('refuses %j', (text) =>
    expect(readNumber(text)).toBeNull(),
  )

  it('reads back every number that the page writes exactly', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(readNumber(formatNumber(value, 17))).toBe(value)
      }),
    )
  })
})
