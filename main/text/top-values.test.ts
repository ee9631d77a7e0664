import fc from 'fast-check'
import { expect, it } from 'vitest'
import { topIndices } from './top-values'

it('topIndices sorts as a stable sort of all does, and keeps the first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 60 }), fc.nat(70), (values, count) => {
      const all = values.map((_, index) => index).sort((one, other) => values[other]! - values[one]! || one - other)
      expect([...topIndices(values, count)]).toEqual(all.slice(0, count))
    }),
    { numRuns: 500 },
  )
})
