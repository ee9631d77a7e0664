import { describe, expect, it } from 'vitest'
import { fitted, zoomAt } from '../../../ui/viewport'
import { sceneLayers } from '../testing/scene'
import { cellAt } from './layer-marks'
import { project, projectionOf } from './projection'

const picture = { width: 960, height: 640 }
const stage = { width: 724, height: 640, margin: { width: 32, height: 100 } }

describe('the projection', () => {
  it('puts the middle of a fitted picture into the middle of the stage', () => {
    const projection = projectionOf(fitted, picture, stage)
    expect(projection.scale).toBeCloseTo(692 / 960)
    const [left, top, right, bottom] = project(projection, [0, 0, 960, 640])
    expect((left + right) / 2).toBeCloseTo(362)
    expect((top + bottom) / 2).toBeCloseTo(320)
  })

  it('keeps the point under the pointer where it is while zooming', () => {
    const before = projectionOf(fitted, picture, stage)
    const point = { x: 100, y: -50 }
    const after = projectionOf(zoomAt(fitted, 3, point, picture, stage), picture, stage)
    const pictureX = (stage.width / 2 + point.x - before.x) / before.scale
    expect(after.x + pictureX * after.scale).toBeCloseTo(stage.width / 2 + point.x)
  })
})

describe('the cell under a point', () => {
  it('is the one whose centre is nearest, and none beside the grid', () => {
    const layers = sceneLayers()
    expect(cellAt(layers, 24, 16)).toEqual({ column: 0, row: 0 })
    expect(cellAt(layers, 47.9, 16)).toEqual({ column: 0, row: 0 })
    expect(cellAt(layers, 48.1, 33)).toEqual({ column: 1, row: 1 })
    expect(cellAt(layers, 959, 639)).toEqual({ column: 19, row: 19 })
    expect(cellAt(layers, 961, 16)).toBeNull()
  })
})
