import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Box } from '../../../../contract/detection'
import { labelHeight, placeLabels } from './place-labels'

const stage = { width: 800, height: 600 }

function overlaps(a: { x: number; y: number; width: number }, b: { x: number; y: number; width: number }): boolean {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  return across > 0.01 && Math.abs(a.y - b.y) < labelHeight - 0.01
}

describe('labels', () => {
  it('stand over their boxes where nothing is in the way', () => {
    expect(placeLabels([{ box: [100, 100, 200, 200], width: 60 }], stage)).toEqual([
      { x: 99, y: 100 - labelHeight - 1 },
    ])
  })

  it('go below where there is no room above', () => {
    const [place] = placeLabels([{ box: [100, 4, 200, 90], width: 60 }], stage)
    expect(place).toEqual({ x: 99, y: 91 })
  })

  it('dodge each other, the first having the first choice', () => {
    const box: Box = [100, 100, 200, 200]
    const wanted = Array.from({ length: 6 }, () => ({ box, width: 60 }))
    const places = placeLabels(wanted, stage).map((place) => ({ ...place, width: 60 }))
    expect(places[0]).toMatchObject({ x: 99, y: 81 })
    places.forEach((one, index) => {
      for (const other of places.slice(index + 1)) expect(overlaps(one, other)).toBe(false)
    })
  })

  it('are never cut off by the stage, wherever their boxes reach', () => {
    const box = fc
      .tuple(fc.integer({ min: -200, max: 900 }), fc.integer({ min: -200, max: 700 }), fc.nat(500), fc.nat(500))
      .map(([x, y, width, height]): Box => [x, y, x + width, y + height])
    const wanted = fc.array(fc.record({ box, width: fc.integer({ min: 20, max: 160 }) }), { maxLength: 30 })
    fc.assert(
      fc.property(wanted, (labels) => {
        const places = placeLabels(labels, stage)
        places.forEach(({ x, y }, index) => {
          expect(x).toBeGreaterThanOrEqual(0)
          expect(y).toBeGreaterThanOrEqual(0)
          expect(x + labels[index]!.width).toBeLessThanOrEqual(stage.width + 1e-9)
          expect(y + labelHeight).toBeLessThanOrEqual(stage.height + 1e-9)
        })
      }),
    )
  })
})
