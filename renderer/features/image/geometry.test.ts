import { describe, expect, it } from 'vitest'
import { fakeAssetId, fakeJob, fakeSettings } from '../../testing/fake-data'
import { firstCut } from './controls/prompt-field'
import { presetNames } from './controls/size-field'
import { parseLayers } from './controls/skip-layers-fields'
import { isMaskEmpty, addOperation, createMaskStore } from './mask/mask-store'
import { gridEntries, nextPlace } from './results/grid-entries'
import { filmCells } from './stage/film-cells'
import { smallerSide } from './stage/job-failed'
import { clampPan, fitScale, fitted, isPixelated, zoomAt } from '../../ui/viewport'

const stage = { width: 800, height: 600 }
const picture = { width: 128, height: 128 }

describe('the viewport', () => {
  it('fits a picture with room to spare, and blows a tiny one up only so far', () => {
    expect(fitScale({ width: 1600, height: 400 }, stage)).toBeCloseTo(752 / 1600)
    expect(fitScale({ width: 16, height: 16 }, stage)).toBe(8)
  })

  it('keeps the point under the pointer where it is', () => {
    const point = { x: 60, y: -40 }
    const before = { scale: 4, x: 10, y: 20 }
    const after = zoomAt(before, 1.5, point, picture, stage)
    const at = (view: { scale: number | 'fit'; x: number; y: number }) => [
      (point.x - view.x) / Number(view.scale),
      (point.y - view.y) / Number(view.scale),
    ]
    expect(at(after)[0]).toBeCloseTo(at(before)[0]!)
    expect(at(after)[1]).toBeCloseTo(at(before)[1]!)
  })

  it('never lets the picture out of sight', () => {
    const { x, y } = clampPan({ scale: 2, x: 1e5, y: -1e5 }, picture, stage)
    expect(x).toBe((256 + 800) / 2 - 48)
    expect(y).toBe(-((256 + 600) / 2 - 48))
  })

  it('shows pixels as squares to those who zoom in', () => {
    expect(isPixelated(fitted)).toBe(false)
    expect(isPixelated({ scale: 1, x: 0, y: 0 })).toBe(false)
    expect(isPixelated({ scale: 3, x: 0, y: 0 })).toBe(true)
  })
})

describe('the film strip', () => {
  const frames = Array.from({ length: 29 }, (_, step) => ({ step, sigma: 0, assetId: fakeAssetId(step) }))

  it('shows first and last, and the frame in hand in the nearest cell', () => {
    const cells = filmCells(frames, 29, 15, 13)
    expect(cells).toHaveLength(15)
    expect(cells[0]?.frame?.step).toBe(0)
    expect(cells.at(-1)?.frame?.step).toBe(28)
    expect(cells.filter(({ isNow }) => isNow).map(({ frame }) => frame?.step)).toEqual([13])
  })

  it('leaves cells open for frames that are still to come', () => {
    const cells = filmCells(frames.slice(0, 3), 29, 15, 2)
    expect(cells.filter(({ frame }) => frame !== null)).toHaveLength(2)
  })

  it('shows every frame where there is room', () => {
    expect(filmCells(frames.slice(0, 4), 4, 20, 3).map(({ slot }) => slot)).toEqual([0, 1, 2, 3])
  })
})

describe('the grid of results', () => {
  const run = fakeJob(1, {
    status: 'running',
    imageIds: ['b' as never],
    request: { kind: 'image', request: fakeSettings({ count: 4 }) },
  })

  it('sets the run first: done, being drawn, still to come; then what is older, then what is not read', () => {
    const entries = gridEntries({ run, order: ['b', 'a'] as never, total: 4, runningItem: 1, isFiltered: false })
    expect(entries.map(({ kind }) => kind)).toEqual([
      'image',
      'running',
      'waiting',
      'waiting',
      'image',
      'unread',
      'unread',
    ])
  })

  it('shows found pictures alone while a filter is on', () => {
    const entries = gridEntries({ run, order: ['b', 'a'] as never, total: 2, runningItem: 1, isFiltered: true })
    expect(entries).toEqual([
      { kind: 'image', id: 'b' },
      { kind: 'image', id: 'a' },
    ])
  })

  it('moves the focus by arrows, rows and pages, and stops at the edges', () => {
    const move = (key: string, place: number) => nextPlace(key, place, 20, 6, 2)
    expect([move('ArrowRight', 19), move('ArrowLeft', 0), move('ArrowDown', 15), move('ArrowUp', 3)]).toEqual([
      19, 0, 15, 3,
    ])
    expect([move('ArrowDown', 3), move('PageDown', 3), move('PageUp', 15), move('End', 0), move('Home', 9)]).toEqual([
      9, 15, 3, 19, 0,
    ])
    expect(move('x', 3)).toBeNull()
  })
})

describe('small rules of the form', () => {
  it('reads layers as numbers and ranges', () => {
    expect(parseLayers('7, 8 9-11 x 8')).toEqual([7, 8, 9, 10, 11])
    expect(parseLayers('')).toEqual([])
  })

  it('names presets by ratio where ratios are known and tell them apart', () => {
    expect(
      presetNames([
        [1024, 1024],
        [768, 1024],
      ]),
    ).toEqual(['1 : 1', '3 : 4'])
    expect(
      presetNames([
        [128, 128],
        [192, 192],
      ]),
    ).toEqual(['128', '192'])
    expect(
      presetNames([
        [128, 128],
        [144, 112],
      ]),
    ).toEqual(['128', '144×112'])
  })

  it('finds where the first encoder stops reading', () => {
    const tokens = [
      { encoder: 'CLIP-L' as const, count: 90, maxTokens: 77, cutAt: 200 },
      { encoder: 'CLIP-G' as const, count: 90, maxTokens: 77, cutAt: 210 },
      { encoder: 'T5' as const, count: 90, maxTokens: 256, cutAt: null },
    ]
    expect(firstCut(tokens, 300)).toEqual({ at: 200, encoders: ['CLIP-L', 'CLIP-G'] })
    expect(firstCut(tokens, 150)).toBeNull()
  })

  it('offers a smaller size on the grid of 16', () => {
    expect([smallerSide(1024), smallerSide(144), smallerSide(64)]).toEqual([768, 96, 64])
  })
})

describe('the mask', () => {
  const dot = { kind: 'stroke' as const, points: [{ x: 1, y: 1 }], size: 4, softness: 0, isErasing: false }

  it('can be undone and redone', () => {
    const store = createMaskStore()
    addOperation(store, dot)
    addOperation(store, { kind: 'invert' })
    store.temporal.getState().undo()
    expect(store.getState().operations).toEqual([dot])
    store.temporal.getState().redo()
    expect(store.getState().operations).toHaveLength(2)
  })

  it('is empty before the first stroke, after a clear, and when there was only erasing', () => {
    expect(isMaskEmpty([])).toBe(true)
    expect(isMaskEmpty([{ ...dot, isErasing: true }])).toBe(true)
    expect(isMaskEmpty([dot, { kind: 'clear' }])).toBe(true)
    expect(isMaskEmpty([{ kind: 'clear' }, { kind: 'invert' }])).toBe(false)
  })
})
