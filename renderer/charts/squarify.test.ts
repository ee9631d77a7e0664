import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { squarify } from './squarify'

const values = fc
  .array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { minLength: 1, maxLength: 80 })
  .map((list) => list.toSorted((a, b) => b - a))

it('gives each value its share of the area, within the room and without overlaps', () => {
  const room = { x: 5, y: 7, width: 300, height: 200 }
  fc.assert(
    fc.property(values, (list) => {
      const tiles = squarify(list, room)
      const total = list.reduce((sum, value) => sum + value, 0)
      tiles.forEach((tile, index) => {
        expect((tile.width * tile.height) / (room.width * room.height)).toBeCloseTo(list[index]! / total, 6)
        expect(tile.x).toBeGreaterThanOrEqual(room.x - 1e-6)
        expect(tile.x + tile.width).toBeLessThanOrEqual(room.x + room.width + 1e-6)
        expect(tile.y + tile.height).toBeLessThanOrEqual(room.y + room.height + 1e-6)
      })
      for (let a = 0; a < tiles.length; a += 1) {
        for (let b = a + 1; b < tiles.length; b += 1) {
          const [one, other] = [tiles[a]!, tiles[b]!]
          const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x)
          const down = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y)
          expect(across < 1e-6 || down < 1e-6).toBe(true)
        }
      }
    }),
    { numRuns: 40 },
  )
})

it('lays out the example of the paper as the paper does', () => {
  const tiles = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 })
  const rounded = tiles.map(({ x, y, width, height }) =>
    [x, y, width, height].map((one) => Math.round(one * 100) / 100),
  )
  expect(rounded.slice(0, 4)).toEqual([
    [0, 0, 3, 2],
    [0, 2, 3, 2],
    [3, 0, 1.71, 2.33],
    [4.71, 0, 1.29, 2.33],
  ])
})
