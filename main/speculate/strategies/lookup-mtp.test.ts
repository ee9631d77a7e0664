import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FixedPlan, type DraftPlan } from '../draft-plan'
import { childrenOf } from '../draft-tree'
import type { Draft, DraftContext } from '../strategy'
import { ListCache, MarkovGraph, MarkovTable, vocabulary } from '../testing/markov'
import { LookupMtpStrategy } from './lookup-mtp'

/** Learns nothing, weighs what has no probability at a tenth, and stops after three levels. */
const weighing: DraftPlan = {
  adapts: true,
  of: () => weighing,
  begin: () => true,
  extend: (depth) => depth <= 3,
  edge: ({ probability }) => probability ?? 0.1,
  prune: (tree) => tree,
  observe: () => undefined,
}

async function drafted(text: readonly number[], limits: Partial<DraftContext> = {}): Promise<Draft> {
  const strategy = new LookupMtpStrategy(new MarkovGraph(new MarkovTable(5)))
  const rows = text.length - 1
  await strategy.reset({ tokens: text, hidden: { from: 0, rows, values: new Float32Array(rows) } })
  return strategy.draft({
    tokens: text,
    maxDepth: 5,
    maxNodes: 64,
    plan: weighing,
    drawWith: null,
    random: () => 0.5,
    cache: new ListCache(),
    ...limits,
  })
}

describe('A module’s draft beside what the text repeats', () => {
  it('has one chain of the module’s, its next best tokens as leaves, and the lookup’s as a branch', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: vocabulary - 1 }), { minLength: 2, maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        async (text, maxDepth) => {
          const { tree, steps, way } = await drafted(text, { maxDepth })
          expect(way).toBe('mtp')
          expect(steps).toBe(Math.min(3, maxDepth))
          const chain = tree.filter(({ source, rank }) => source === 'MTP module' && rank === 0)
          expect(chain.map(({ depth }) => depth)).toEqual([1, 2, 3].slice(0, maxDepth))
          for (const children of childrenOf(tree)) {
            const nodes = children.map((number) => tree[number - 1]!)
            expect(new Set(nodes.map(({ token }) => token)).size).toBe(nodes.length)
            expect(nodes.map(({ rank }) => rank)).toEqual(nodes.map((_, index) => index))
          }
          for (const node of tree) expect(node.depth).toBe(1 + (tree[node.parent - 1]?.depth ?? 0))
        },
      ),
    ))

  it('holds every token of what was found, on one path', async () => {
    const { tree } = await drafted([1, 2, 3, 4, 5, 1, 2])
    let parent = 0
    for (const token of [3, 4, 5]) {
      const number = 1 + tree.findIndex((node) => node.parent === parent && node.token === token)
      expect(number).toBeGreaterThan(0)
      parent = number
    }
  })

  it('stays a chain where tokens are drawn, or where no plan weighs rows', async () => {
    const text = [1, 2, 3, 4, 5, 1, 2]
    const drawWith = {
      temperature: 1,
      topK: 0,
      topP: 1,
      minP: 0,
      repetitionPenalty: 1,
      presencePenalty: 0,
      frequencyPenalty: 0,
      seed: 0,
    }
    for (const limits of [{ drawWith }, { plan: new FixedPlan(3) }]) {
      const { tree } = await drafted(text, limits)
      tree.forEach(({ parent, rank }, index) => {
        expect([parent, rank]).toEqual([index, 0])
      })
    }
  })
})
