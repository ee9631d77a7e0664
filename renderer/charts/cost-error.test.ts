import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frontOf, type CostErrorPoint } from './cost-error'

const point = fc
  .record({ cost: fc.integer({ min: 1, max: 9 }), decibels: fc.integer({ min: 0, max: 9 }) })
  .map((at): CostErrorPoint => ({ ...at, label: '', kind: 'measured', isChosen: false }))

describe('the front of time against error', () => {
  it('holds exactly the points that no other beats', () => {
    fc.assert(
      fc.property(fc.array(point), (points) => {
        const front = frontOf(points)
        const isBeaten = (one: CostErrorPoint) =>
          points.some(
            (other) =>
              other.cost <= one.cost &&
              other.decibels >= one.decibels &&
              (other.cost < one.cost || other.decibels > one.decibels),
          )
        for (const one of front) expect(isBeaten(one)).toBe(false)
        for (const one of points) {
          const isOn = front.some(({ cost, decibels }) => cost === one.cost && decibels === one.decibels)
          expect(isOn).toBe(!isBeaten(one))
        }
      }),
    )
  })
})
