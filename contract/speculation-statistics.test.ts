import { describe, expect, it } from 'vitest'
import type { Round } from './speculation'
import { acceptedLengths, acceptanceStatistics, expectedTokens, wilsonInterval } from './speculation-statistics'

/** A chain of which the first tokens passed. */
function chain(draftLength: number, accepted: number): Round {
  const nodes = Array.from({ length: draftLength }, (_, index) => ({
    id: index + 1,
    parent: index,
    token: index,
    text: 'x',
    depth: index + 1,
    rank: 0,
    source: 'draft model',
    draftProbability: 0.5,
    targetProbability: 0.5,
    verdict:
      index < accepted ? ('accepted' as const) : index === accepted ? ('refused' as const) : ('unreached' as const),
  }))
  const emitted = nodes.slice(0, accepted).map(({ id, token, text }) => ({
    token,
    text,
    origin: 'accepted' as const,
    node: id,
    logProbability: -1,
  }))
  const own = { token: 9, text: 'y', node: accepted, logProbability: -1 }
  const origin = accepted === draftLength ? ('bonus' as const) : ('corrected' as const)
  return {
    index: 0,
    contextLength: 1,
    nodes,
    rows: [],
    emitted: [...emitted, { ...own, origin: draftLength === 0 ? 'plain' : origin }],
    draftLength,
    milliseconds: { draft: 1, verify: 8, sample: 1, commit: 0 },
  }
}

describe('statistics of a trace', () => {
  it('count accepted lengths up to the deepest draft, and tell those that passed whole', () => {
    const rounds = [chain(3, 0), chain(3, 1), chain(3, 3), chain(1, 1), chain(0, 0)]
    expect(acceptedLengths(rounds)).toEqual([
      { rounds: 1, whole: 0 },
      { rounds: 2, whole: 1 },
      { rounds: 0, whole: 0 },
      { rounds: 1, whole: 1 },
    ])
  })

  it('leave rounds without a draft out of acceptance, but not out of tokens a forward', () => {
    const { rounds, roundsWithoutDraft, tokensPerForward, survival } = acceptanceStatistics([chain(2, 1), chain(0, 0)])
    expect({ rounds, roundsWithoutDraft, tokensPerForward }).toEqual({
      rounds: 1,
      roundsWithoutDraft: 1,
      tokensPerForward: 1.5,
    })
    expect(survival).toEqual([
      { accepted: 1, rounds: 1 },
      { accepted: 0, rounds: 1 },
    ])
  })
})

describe("Wilson's interval", () => {
  it('holds the share, stays within 0 and 1, and narrows with the count', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 })
    const few = wilsonInterval(8, 10)
    const many = wilsonInterval(800, 1000)
    expect(few.low).toBeCloseTo(0.49, 2)
    expect(few.high).toBeCloseTo(0.943, 2)
    expect(many.high - many.low).toBeLessThan(few.high - few.low)
    expect(wilsonInterval(10, 10).high).toBeCloseTo(1, 9)
  })
})

describe('expected tokens of a round', () => {
  it('are 1 where nothing passes, and the whole draft and one more where all does', () => {
    expect(expectedTokens(0, 4)).toBe(1)
    expect(expectedTokens(1, 4)).toBe(5)
    expect(expectedTokens(0.5, 1)).toBeCloseTo(1.5, 9)
  })
})
