import { describe, expect, it } from 'vitest'
import { attentionMask, rowPositions, treeKeepsBits } from './attention-mask'

/** Rows as text: "." where one may look. */
function drawn(mask: Float32Array, rows: number): string[] {
  const width = mask.length / rows
  return Array.from({ length: rows }, (_, row) =>
    [...mask.subarray(row * width, (row + 1) * width)].map((value) => (value === 0 ? '.' : '#')).join(''),
  )
}

describe('attentionMask', () => {
  it('lets a chain see the past and what came before', () => {
    expect(drawn(attentionMask(2, 3, null), 3)).toEqual(['...##', '....#', '.....'])
    expect(drawn(attentionMask(0, 2, [-1, 0]), 2)).toEqual(['.#', '..'])
  })

  it('lets the rows of a tree see their ancestors alone', () => {
    // Root, its children 1 and 2, 3 below 1, 4 below 2.
    const parents = [-1, 0, 0, 1, 2]
    expect(drawn(attentionMask(1, 5, parents), 5)).toEqual(['..####', '...###', '..#.##', '...#.#', '..#.#.'])
    expect(rowPositions(7, 5, parents)).toEqual([7, 8, 8, 9, 9])
    expect(rowPositions(7, 2, [-1, -1])).toEqual([7, 7])
    expect(rowPositions(7, 3, null)).toEqual([7, 8, 9])
  })

  it('hides rows with a number that stays finite when it is added to', () => {
    expect(attentionMask(0, 2, null)[1]).toBe(-1e9)
  })

  it('refuses a parent that does not come before its child', () => {
    for (const parents of [[0], [-1, 1], [-1], [-1, -2]]) {
      expect(() => attentionMask(0, 2, parents)).toThrow(RangeError)
    }
  })
})

describe('treeKeepsBits', () => {
  it('refuses trees over a border between two runs of a sum', () => {
    expect([treeKeepsBits(0, 8), treeKeepsBits(1016, 8), treeKeepsBits(1024, 64)]).toEqual([true, true, true])
    expect([treeKeepsBits(1017, 8), treeKeepsBits(2047, 2)]).toEqual([false, false])
  })
})
