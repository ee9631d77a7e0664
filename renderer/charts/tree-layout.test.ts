import { describe, expect, it } from 'vitest'
import type { DraftNode } from '../../contract/speculation'
import { layoutTree } from './tree-layout'

function node(id: number, parent: number, depth: number, rank: number): DraftNode {
  return {
    id,
    parent,
    depth,
    rank,
    token: id,
    text: String(id),
    source: 'head',
    draftProbability: 0.5,
    targetProbability: null,
    verdict: 'unreached',
  }
}

const own = (parent: number) => [
  { token: 1, text: 'x', origin: 'corrected' as const, node: parent, logProbability: -1 },
]

describe('the layout of a draft', () => {
  it('gives each node a place of its own, in the column of its depth and never above its parent', () => {
    const nodes = [
      node(1, 0, 1, 0),
      node(2, 0, 1, 1),
      node(3, 1, 2, 0),
      node(4, 1, 2, 1),
      node(5, 2, 2, 0),
      node(6, 3, 3, 0),
    ]
    const { boxes, columns } = layoutTree({ nodes, emitted: own(1) })
    expect(new Set(boxes.map(({ depth, slot }) => `${depth}/${slot}`)).size).toBe(boxes.length)
    expect(boxes).toHaveLength(nodes.length + 2)
    expect(columns).toBe(4)
    for (const box of boxes) {
      const parent = boxes.find(({ key }) => key === box.parent)
      if (parent === undefined) continue
      expect(box.depth).toBe(parent.depth + 1)
      expect(box.slot).toBeGreaterThanOrEqual(parent.slot)
    }
  })

  it("keeps first choices on one line, and the target's own token under the one that was refused", () => {
    const { boxes } = layoutTree({ nodes: [node(1, 0, 1, 0), node(2, 1, 2, 0), node(3, 2, 3, 0)], emitted: own(1) })
    expect(boxes.filter(({ key }) => key !== 'own').every(({ slot }) => slot === 0)).toBe(true)
    expect(boxes.find(({ key }) => key === 'own')).toMatchObject({ depth: 2, slot: 1, parent: 1 })
  })
})
