import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TokenCache } from '../text/language-model'
import type { KeyValueCache } from '../text/key-value-cache'
import { pathTo, rowParents, type DraftTree } from './draft-tree'
import { SplitCache } from './split-target'
import { runStrategy } from './testing/run-strategy'
import { openTinyModel } from './testing/tiny-model'

const strategies = [
  { name: 'draft', draftLength: 4 },
  { name: 'lookup', draftLength: 8 },
  { name: 'early-exit', draftLength: 4 },
  { name: 'medusa', draftLength: 4, treeNodes: 7 },
  { name: 'mtp', draftLength: 3 },
  { name: 'mtp-parallel', draftLength: 4, treeNodes: 7 },
  { name: 'eagle', draftLength: 4, treeNodes: 9 },
  { name: 'lookup-mtp', draftLength: 4, treeNodes: 7 },
] as const

function partsOf(cache: TokenCache): KeyValueCache[] {
  const parts = cache instanceof SplitCache ? [cache.lower, cache.upper] : [cache]
  return parts.map((part) => part as KeyValueCache)
}

/** Largest difference between two caches of equal length. */
function difference(one: TokenCache, other: TokenCache): number {
  let largest = 0
  partsOf(one).forEach((part, index) => {
    const twin = partsOf(other)[index]!
    expect(part.length).toBe(twin.length)
    for (let layer = 0; layer < part.layers; layer += 1) {
      for (const kind of ['key', 'value'] as const) {
        const expected = twin.past(layer, kind).data
        part
          .past(layer, kind)
          .data.forEach((value, at) => (largest = Math.max(largest, Math.abs(value - expected[at]!))))
      }
    }
  })
  return largest
}

describe('After every round the target’s cache is that of a fresh reading of the text', () => {
  it.each(strategies)('$name', async (request) => {
    const parts = await openTinyModel('float32')
    const prompt = parts.model.tokenizer.encode('The cat sat on the mat. The cat sat on')
    let checked = 0
    await runStrategy(parts, request, prompt, {
      maxTokens: 24,
      onCommit: async (tokens, { target, prompt: { cache } }) => {
        const fresh = target.createCache()
        await target.forward({ ids: tokens.slice(0, -1) }, fresh)
        // The last round may have read more than the answer took.
        cache.truncate(Math.min(cache.length, fresh.length))
        expect(difference(cache, fresh)).toBeLessThan(1e-4)
        checked += 1
      },
    })
    expect(checked).toBeGreaterThan(0)
  })
})

/** Any tree of up to nine nodes: node i hangs on any node before it. */
const anyTree: fc.Arbitrary<DraftTree> = fc
  .array(fc.tuple(fc.nat(), fc.integer({ min: 3, max: 300 })), { minLength: 1, maxLength: 9 })
  .map((choices) => {
    const depths = [0]
    return choices.map(([choice, token], index) => {
      const parent = choice % (index + 1)
      const depth = depths[parent]! + 1
      depths.push(depth)
      return { parent, token, depth, rank: 0, source: 'test', probability: null, drawnFrom: null }
    })
  })

describe('A tree read at once', () => {
  it('gives each node the view that its path gives as a chain, and leaves the path’s cache', async () => {
    const { model } = await openTinyModel('float32')
    const target = await model.openTarget()
    const prompt = model.tokenizer.encode('Once upon a time')
    const root = prompt.at(-1)!
    await fc.assert(
      fc.asyncProperty(anyTree, fc.nat(), async (tree, choice) => {
        const cache = target.createCache()
        await target.forward({ ids: prompt.slice(0, -1) }, cache)
        const from = cache.length
        const result = await target.forward(
          { ids: [root, ...tree.map(({ token }) => token)], parents: rowParents(tree) },
          cache,
        )
        const node = choice % (tree.length + 1)
        const path = pathTo(tree, node)
        const chain = target.createCache()
        const ids = [...prompt, ...path.map((id) => tree[id - 1]!.token)]
        const alone = await target.forward({ ids }, chain)
        const [expected, found] = [alone.row(alone.rows - 1), result.row(node)]
        expect(found.topIds[0]).toBe(expected.topIds[0])
        expect(Math.abs(found.topValues[0]! - expected.topValues[0]!)).toBeLessThan(1e-3)
        cache.keepRows(from, [0, ...path])
        expect(difference(cache, chain)).toBeLessThan(1e-4)
      }),
      { numRuns: 40 },
    )
  })
})
