import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatNames, numberFormats } from '../../../../contract/number-formats'
import { createNumbersStore, flipBit, giveNumber, inspected, typeNumber } from './numbers-store'

describe('the number that all formats are given', () => {
  it('stays what it was while something unreadable stands in the field', () => {
    const store = createNumbersStore()
    typeNumber(store, '1/3')
    typeNumber(store, '1/')
    expect(store.getState()).toMatchObject({ text: '1/', given: 1 / 3 })
  })

  it('becomes what a clicked bit makes of a code, for the other formats too', () => {
    const store = createNumbersStore()
    giveNumber(store, 1)
    // The lowest exponent bit of 1.0 in float16: 0 01111 0… becomes 0 01110 0…
    flipBit(store, 'fp16', 10)
    expect(store.getState().given).toBe(0.5)
    expect(inspected(store.getState(), 'fp32').stored).toBe(0.5)
  })

  it('is back after a bit is clicked twice, in every format', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...formatNames),
        fc.nat(63),
        fc.integer({ min: -100, max: 100 }),
        (name, bit, code) => {
          const store = createNumbersStore()
          giveNumber(store, code / 64)
          const place = bit % numberFormats[name].bits
          const before = inspected(store.getState(), name).code
          flipBit(store, name, place)
          flipBit(store, name, place)
          expect(inspected(store.getState(), name).code).toBe(before)
        },
      ),
    )
  })

  it('keeps the code of a NaN that was clicked, though any NaN is equal', () => {
    const store = createNumbersStore()
    giveNumber(store, Infinity)
    flipBit(store, 'fp16', 3)
    const { stored, code } = inspected(store.getState(), 'fp16')
    expect(stored).toBeNaN()
    expect(code).toBe(0x7c08n)
  })
})
