import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FixedPlan } from '../draft-plan'
import { Datastore } from './datastore'
import { bestTree, treeOfChoices, type HeadGuesses } from './head-tree'
import { NGramIndex } from './n-gram-index'
import { PromptLookupStrategy } from './prompt-lookup'
import { RetrievalStrategy } from './retrieval'
import type { DraftContext } from '../strategy'
import { ListCache } from '../testing/markov'

const context = (tokens: readonly number[], limits: Partial<DraftContext> = {}): DraftContext => ({
  tokens,
  maxDepth: 5,
  maxNodes: 16,
  plan: new FixedPlan(16),
  drawWith: null,
  random: () => 0.5,
  cache: new ListCache(),
  ...limits,
})
const texts = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 60 })

describe('The index of n-grams', () => {
  it('finds the latest earlier place of the longest match, as a search through the text does', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const index = new NGramIndex(1, 4)
        for (const token of text) index.add(token)
        let expected: { place: number; size: number } | null = null
        for (let size = Math.min(4, text.length - 1); size >= 1 && expected === null; size -= 1) {
          for (let place = text.length - 1; place >= size && expected === null; place -= 1) {
            if (text.slice(place - size, place).join() === text.slice(-size).join()) expected = { place, size }
          }
        }
        expect(index.longestMatch()).toEqual(expected)
      }),
    )
  })
})

describe('Prompt lookup', () => {
  async function drafted(text: readonly number[], limits: Partial<DraftContext> = {}, endTokens = new Set<number>()) {
    const strategy = new PromptLookupStrategy({ shortest: 2, longest: 3, endTokens })
    await strategy.reset({ tokens: text, hidden: null })
    return (await strategy.draft(context(text, limits))).tree.map(({ token }) => token)
  }

  it('proposes what followed', async () => {
    expect(await drafted([1, 2, 3, 4, 5, 6, 7, 1, 2])).toEqual([3, 4, 5, 6, 7])
  })

  it('goes on with its own proposal past the end of the text', async () => {
    expect(await drafted([1, 2, 3, 1, 2, 3, 1, 2])).toEqual([3, 1, 2, 3, 1])
  })

  it('stops before an end token and at the limits', async () => {
    const text = [1, 2, 3, 4, 5, 6, 1, 2]
    expect(await drafted(text, {}, new Set([5]))).toEqual([3, 4])
    expect(await drafted(text, { maxDepth: 1 })).toEqual([3])
    expect(await drafted([1, 2, 3, 4])).toEqual([])
  })
})

describe('A datastore', () => {
  const store = (text: readonly number[]): Datastore => {
    const suffixes = text.map((_, place) => place)
    const compare = (a: number, b: number): number => {
      for (let at = 0; ; at += 1) {
        const difference = (text[a + at] ?? -1) - (text[b + at] ?? -1)
        if (difference !== 0 || a === b) return difference
      }
    }
    return new Datastore(Uint16Array.from(text), Uint32Array.from(suffixes.sort(compare)))
  }

  it('finds every occurrence of a phrase', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }), (text, phrase) => {
        const expected = text.flatMap((_, place) =>
          text.slice(place, place + phrase.length).join() === phrase.join() ? [place + phrase.length] : [],
        )
        expect([...store(text).placesAfter(phrase, 1000)].sort((a, b) => a - b)).toEqual(expected)
      }),
    )
  })

  it('gives retrieval a tree of what followed, the most frequent first', async () => {
    const text = [1, 2, 3, 4, 0, 1, 2, 3, 5, 0, 1, 2, 6, 6]
    const { tree } = await new RetrievalStrategy(store(text)).draft(context([9, 1, 2], { maxNodes: 3 }))
    expect(tree.map(({ parent, token, probability }) => [parent, token, probability])).toEqual([
      [0, 3, 2 / 4],
      [0, 6, 1 / 4],
      [1, 4, 1 / 3],
    ])
  })
})

describe('Heads that guess side by side', () => {
  const guesses: HeadGuesses = {
    heads: 2,
    count: 3,
    ids: Int32Array.of(10, 11, 12, 20, 21, 22),
    logProbabilities: Float32Array.from([0.6, 0.3, 0.1, 0.5, 0.4, 0.1].map(Math.log)),
  }

  it('fill a tree of choices in its order, within the limits', () => {
    const choices = [[0], [1], [0, 0], [0, 1], [1, 0], [0, 0, 0]]
    const tree = treeOfChoices(guesses, choices, { maxDepth: 9, maxNodes: 9 })
    expect(tree.map(({ parent, token, depth, rank, source }) => [parent, token, depth, rank, source])).toEqual([
      [0, 10, 1, 0, 'head 1'],
      [0, 11, 1, 1, 'head 1'],
      [1, 20, 2, 0, 'head 2'],
      [1, 21, 2, 1, 'head 2'],
      [2, 20, 2, 0, 'head 2'],
    ])
    expect(treeOfChoices(guesses, choices, { maxDepth: 1, maxNodes: 9 })).toHaveLength(2)
    expect(treeOfChoices(guesses, choices, { maxDepth: 9, maxNodes: 3 })).toHaveLength(3)
  })

  it('grow the tree whose paths are likeliest', () => {
    const tree = bestTree(guesses, { maxDepth: 9, maxNodes: 5, plan: new FixedPlan(9) })
    // Path values .6, .3 (10 20), .3 (11), .24 (10 21), .15 (11 20).
    expect(tree.map(({ parent, token }) => [parent, token])).toEqual([
      [0, 10],
      [0, 11],
      [1, 20],
      [1, 21],
      [2, 20],
    ])
  })
})
