import { describe, expect, it } from 'vitest'
import type { ComparedBoxes } from '../../../../../contract/precision-results'
import { changesOf, changeWords, matchRows } from './box-changes'

const box = (label: string, score: number) => ({
  box: [0, 0, 10, 10] as [number, number, number, number],
  label,
  score,
})
const size = { width: 100, height: 80 }
const reference: ComparedBoxes = {
  ...size,
  boxes: [box('cat', 0.9), box('dog', 0.8), box('car', 0.4)],
  matches: [0, 1, 2].map((place) => ({ reference: place, own: place, iou: 1 })),
}
const column: ComparedBoxes = {
  ...size,
  boxes: [box('cat', 0.91), box('dog', 0.6), box('apple', 0.35)],
  matches: [
    { reference: 0, own: 0, iou: 0.99 },
    { reference: 1, own: 1, iou: 0.8 },
    { reference: 2, own: null, iou: 0 },
    { reference: null, own: 2, iou: 0 },
  ],
}

describe('the match list of a precision', () => {
  it('begins with what was lost and what came, then names the scores that moved the most', () => {
    const rows = matchRows(reference, column)
    expect(rows.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      'lost car',
      'more apple',
      'same dog',
      'same cat',
    ])
    expect(rows[2]!.scoreChange).toBeCloseTo(-0.2)
    expect(rows[0]!.scoreChange).toBeNull()
  })

  it('links every row to its pair of boxes', () => {
    for (const { match, own, reference: theirs } of matchRows(reference, column)) {
      const pair = column.matches[match]!
      expect(own).toBe(pair.own === null ? null : column.boxes[pair.own])
      expect(theirs).toBe(pair.reference === null ? null : reference.boxes[pair.reference])
    }
  })
})

describe('what changed over all pictures', () => {
  it('is counted, and only what there is is said', () => {
    expect(changesOf([column, reference])).toEqual({ same: 5, lost: 1, more: 1 })
    expect(changeWords(changesOf([column]))).toBe('2 the same, 1 lost, 1 more')
    expect(changeWords(changesOf([reference]))).toBe('3 the same')
  })
})
