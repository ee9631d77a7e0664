import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { anchorShapes, makeAnchors, type AnchorGrid } from './anchors'
import { decodeDelta } from './deltas'
import { proposalsOf } from './proposals'

// What numpy gives: training/goldens/detect_boxes.py.
type Four = readonly [number, number, number, number]
interface Coded {
  readonly reference: Four
  readonly deltas: Four
  readonly stds: Four
  readonly box: Four
}
const file = path.resolve(import.meta.dirname, '../../../test-fixtures/detect/boxes.json')
const goldens = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly encode: readonly Coded[]
  readonly decode: readonly (Coded & { width: number; height: number })[]
  readonly anchors: AnchorGrid & { readonly rows: number; readonly cols: number; readonly boxes: readonly Four[] }
}
const limit = Math.log(1000 / 16)

function decode({ reference, deltas, stds }: Coded, width: number, height: number): number[] {
  const result: number[] = []
  decodeDelta(reference, 0, deltas, { stds, limit, width, height }, (...box) => result.push(...box))
  return result
}

describe('deltas', () => {
  it.each(goldens.decode)('move $reference by $deltas', (golden) => {
    decode(golden, golden.width, golden.height).forEach((side, corner) =>
      expect(side).toBeCloseTo(golden.box[corner]!, 6),
    )
  })

  it.each(goldens.encode)('lead back to $box', (golden) => {
    decode(golden, 10_000, 10_000).forEach((side, corner) => expect(side).toBeCloseTo(golden.box[corner]!, 5))
  })

  it('never let a side grow more than 62.5 times', () => {
    const golden: Coded = { reference: [0, 0, 2, 2], deltas: [0, 0, 99, 99], stds: [1, 1, 1, 1], box: [0, 0, 0, 0] }
    const [left, , right] = decode({ ...golden, reference: [4999, 4999, 5001, 5001] }, 10_000, 10_000)
    expect(right! - left!).toBeCloseTo(125, 9)
  })
})

describe('anchors', () => {
  it('stand where they stand elsewhere, in the same order', () => {
    const { rows, cols, boxes, ...grid } = goldens.anchors
    const anchors = makeAnchors(grid, rows, cols)
    expect(anchors.length).toBe(4 * boxes.length)
    boxes.flat().forEach((side, place) => expect(anchors[place]).toBeCloseTo(side, 9))
  })

  it('have the sizes of the published ratios', () => {
    const sizes = anchorShapes({ stride: 16, sides: [32], ratios: [0.5, 0.75, 1, 4 / 3, 2], offset: 0 })
    const published = [45.25, 22.63, 36.95, 27.71, 32, 32, 27.71, 36.95, 22.63, 45.25]
    sizes
      .flatMap(({ width, height }) => [width, height])
      .forEach((side, place) => expect(side).toBeCloseTo(published[place]!, 2))
  })
})

describe('proposals', () => {
  const grid: AnchorGrid = { stride: 16, sides: [16], ratios: [1], offset: 8 }
  const anchors = makeAnchors(grid, 1, 3)
  const coding = { stds: [1, 1, 1, 1] as const, limit, width: 48, height: 16 }
  const logits = { shape: [1, 1, 1, 3], data: Float32Array.of(0, 2, 1) }
  const still = { shape: [1, 4, 1, 3], data: new Float32Array(12) }
  const rule = { topBeforeNms: 10, nmsThreshold: 0.7, topAfterNms: 10 }

  it('are the anchors, the surest first, with probabilities', () => {
    const { boxes, scores } = proposalsOf(logits, still, anchors, coding, rule)
    expect([...boxes]).toEqual([16, 0, 32, 16, 32, 0, 48, 16, 0, 0, 16, 16])
    expect([...scores].map((score) => score.toFixed(4))).toEqual(['0.8808', '0.7311', '0.5000'])
  })

  it('lose those over better ones, and the rest beyond the limits', () => {
    // The first cell's anchor moves onto the second's.
    const moved = { ...still, data: Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) }
    expect(proposalsOf(logits, moved, anchors, coding, rule).scores.length).toBe(2)
    expect(proposalsOf(logits, still, anchors, coding, { ...rule, topBeforeNms: 2 }).scores.length).toBe(2)
    expect(proposalsOf(logits, still, anchors, coding, { ...rule, topAfterNms: 1 }).scores.length).toBe(1)
  })
})
