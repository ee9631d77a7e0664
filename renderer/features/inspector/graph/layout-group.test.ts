import { describe, expect, it } from 'vitest'
import type { GraphGroup } from './graph-group'
import { layoutGroup, type PlacedGraph } from './layout-group'

const box = (id: string) => ({ id, width: 100, height: 40 })

const nested: GraphGroup = {
  id: '',
  children: [
    box('a'),
    {
      id: 'b',
      children: [box('b1'), box('b2')],
      lines: [
        { from: 'in', to: 'b1', tensors: [0] },
        { from: 'b1', to: 'b2', tensors: [1] },
        { from: 'b2', to: 'out', tensors: [2] },
      ],
    },
    box('c'),
  ],
  lines: [
    { from: 'a', to: 'b', tensors: [0] },
    { from: 'b', to: 'c', tensors: [2] },
  ],
}

describe('laying out a graph with an open group', () => {
  it('puts what runs later below, and the group around its boxes', () => {
    const { boxes, frames, width, height } = layoutGroup(nested)
    const at = new Map(boxes.map((one) => [one.id, one]))
    expect(['a', 'b1', 'b2', 'c'].map((id) => at.get(id)!.y)).toEqual(
      ['a', 'b1', 'b2', 'c'].map((id) => at.get(id)!.y).toSorted((p, q) => p - q),
    )
    const frame = frames[0]!
    for (const id of ['b1', 'b2']) {
      const inside = at.get(id)!
      expect(inside.x).toBeGreaterThanOrEqual(frame.x)
      expect(inside.y).toBeGreaterThanOrEqual(frame.y)
      expect(inside.x + inside.width).toBeLessThanOrEqual(frame.x + frame.width)
      expect(inside.y + inside.height).toBeLessThanOrEqual(frame.y + frame.height)
    }
    expect(Math.max(...boxes.map((one) => one.x + one.width))).toBeLessThanOrEqual(width)
    expect(Math.max(...boxes.map((one) => one.y + one.height))).toBeLessThanOrEqual(height)
  })

  it('lets a line into the group meet the line that goes on inside', () => {
    const { lines } = layoutGroup(nested)
    const into = lines.find(({ from, to }) => from === 'a' && to === 'b')!
    const on = lines.find(({ from }) => from === 'b in')!
    expect(into.points.at(-1)!.x).toBeCloseTo(on.points[0]!.x, 5)
    expect(into.points.at(-1)!.y).toBeCloseTo(on.points[0]!.y, 5)
    const out = lines.find(({ from, to }) => from === 'b' && to === 'c')!
    expect(out.points[0]).toEqual(lines.find(({ to }) => to === 'b out')!.points.at(-1))
  })

  it('takes an unchanged group from what is known', () => {
    const known = new Map<string, PlacedGraph>()
    const first = layoutGroup(nested, known)
    expect(layoutGroup(structuredClone(nested), known)).toBe(first)
  })

  it('draws circles, which folded scopes can make of straight graphs', () => {
    const circle: GraphGroup = {
      id: '',
      children: [box('a'), box('b')],
      lines: [
        { from: 'a', to: 'b', tensors: [0] },
        { from: 'b', to: 'a', tensors: [1] },
      ],
    }
    expect(layoutGroup(circle).lines).toHaveLength(2)
  })
})
