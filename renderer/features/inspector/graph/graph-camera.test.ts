import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { cameraTowards, firstCamera, fitCamera, overlaps, seenArea, zoomCamera } from './graph-camera'

const extent = fc.record({ width: fc.integer({ min: 100, max: 5000 }), height: fc.integer({ min: 100, max: 5000 }) })

it('zooms about the point under the pointer', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 1.5, noNaN: true }), fc.integer({ min: 0, max: 800 }), (factor, x) => {
      const before = { scale: 1, x: 40, y: -20 }
      const after = zoomCamera(before, factor, { x, y: 100 })
      expect((x - after.x) / after.scale).toBeCloseTo((x - before.x) / before.scale, 6)
    }),
  )
})

it('fits the whole drawing into the stage, or shows its top where that could not be read', () => {
  fc.assert(
    fc.property(extent, (drawing) => {
      const stage = { width: 800, height: 700 }
      const whole = fitCamera(drawing, stage)
      const right = whole.x + drawing.width * whole.scale
      expect(whole.x).toBeGreaterThanOrEqual(0)
      expect(right).toBeLessThanOrEqual(stage.width + 1e-6)
      expect(firstCamera(drawing, stage).scale).toBeGreaterThanOrEqual(Math.min(0.7, whole.scale))
    }),
  )
})

it('brings what is out of sight into it, and stays where it is otherwise', () => {
  const camera = { scale: 1, x: 0, y: 0 }
  const stage = { width: 800, height: 600 }
  expect(cameraTowards(camera, { x: 100, y: 100, width: 200, height: 50 }, stage)).toEqual(camera)
  const moved = cameraTowards(camera, { x: 100, y: 2000, width: 200, height: 50 }, stage)
  expect(overlaps(seenArea(moved, stage, 0), { x: 100, y: 2000, width: 200, height: 50 })).toBe(true)
})
