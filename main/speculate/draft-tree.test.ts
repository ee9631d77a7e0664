import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bestChain, byValue, FixedPlan, keepBest, pathValues } from './draft-plan'
import { childrenOf, isChain, pathTo, pruneTree, rowParents, treeDepth, type DraftTree } from './draft-tree'

const anyTree: fc.Arbitrary<DraftTree> = fc
  .array(fc.tuple(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 30 })
  .map((choices) => {
    const depths = [0]
    return choices.map(([choice, probability], index) => {
      const parent = choice % (index + 1)
      const depth = depths[parent]! + 1
      depths.push(depth)
      return { parent, token: index, depth, rank: 0, source: 'test', probability, drawnFrom: null }
    })
  })

/** Parents come first, and depths count from the root. */
function expectTree(tree: DraftTree): void {
  tree.forEach(({ parent, depth }, index) => {
    expect(parent).toBeLessThanOrEqual(index)
    expect(depth).toBe(1 + (tree[parent - 1]?.depth ?? 0))
  })
}

describe('Any tree', () => {
  it('has paths as long as its nodes are deep', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        tree.forEach(({ depth }, index) => {
          const path = pathTo(tree, index + 1)
          expect(path).toHaveLength(depth)
          expect(path.at(-1)).toBe(index + 1)
          expect(tree[path[0]! - 1]!.parent).toBe(0)
        })
        expect(rowParents(tree)).toHaveLength(tree.length + 1)
        expect(childrenOf(tree).flat()).toHaveLength(tree.length)
        expect(treeDepth(tree)).toBe(Math.max(0, ...tree.map(({ depth }) => depth)))
      }),
    )
  })

  it('stays a tree when nodes are left out', () => {
    fc.assert(
      fc.property(anyTree, fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }), (tree, keeps) => {
        const pruned = pruneTree(tree, (node) => keeps[node - 1]!)
        expectTree(pruned)
        // Tokens are unique here: each kept one has its old parent.
        for (const node of pruned) {
          const old = tree[node.token]!
          expect(pruned[node.parent - 1]?.token).toBe(tree[old.parent - 1]?.token)
        }
      }),
    )
  })

  it('keeps its most valuable nodes, as many as asked for', () => {
    fc.assert(
      fc.property(anyTree, fc.integer({ min: 0, max: 12 }), (tree, count) => {
        const values = pathValues(tree, new FixedPlan(99))
        const kept = keepBest(tree, values, count)
        expectTree(kept)
        expect(kept).toHaveLength(Math.min(count, tree.length))
        const best = byValue(values).slice(0, count)
        expect(new Set(kept.map(({ token }) => token + 1))).toEqual(new Set(best))
      }),
    )
  })

  it('has a best chain from the root to a leaf', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const chain = bestChain(tree, pathValues(tree, new FixedPlan(99)))
        expect(isChain(chain)).toBe(true)
        expect(chain.length > 0).toBe(tree.length > 0)
      }),
    )
  })

  it('is refused where a node comes before its parent', () => {
    const node = { parent: 2, token: 0, depth: 1, rank: 0, source: 'test', probability: null, drawnFrom: null }
    expect(() => childrenOf([node])).toThrow('comes before its parent')
  })
})
