import { describe, expect, it } from 'vitest'
import { strategySchema } from '../../../../contract/speculation'
import { textBlocks } from '../output/text-blocks'
import { syntheticRace } from '../testing/synthetic-race'
import { refusedAfter, roundLane } from './round-lane'
import { traceOf } from './run-trace'
import { isLossy, strategyDetail } from './strategies'
import { acceptChance, tokenStory } from './token-story'

const race = syntheticRace({ tokens: 400 })
const medusa = traceOf(race.runs[1]!)

describe("a round's lane", () => {
  it('shows the accepted path, then the first refused guess, then what was not reached', () => {
    for (const round of medusa.rounds) {
      const { cells, own } = roundLane(round)
      const accepted = round.emitted.filter(({ origin }) => origin === 'accepted')
      const verdicts = cells.map(({ verdict }) => verdict)
      expect(cells.slice(0, accepted.length).map(({ node }) => node?.text)).toEqual(accepted.map(({ text }) => text))
      expect(own?.text).toBe(round.emitted.at(-1)?.origin === 'accepted' ? undefined : round.emitted.at(-1)?.text)
      if (own?.origin === 'corrected') expect(verdicts[accepted.length]).toBe('refused')
    }
  })
})

describe("a token's story", () => {
  it('tells who guessed an accepted token, and what the target thought there', () => {
    const round = medusa.rounds.find(({ emitted }) => emitted[0]?.origin === 'accepted')!
    const story = tokenStory(round, 0)!
    expect(story.node?.source).toMatch(/^head 1/)
    expect(story.row?.top).toHaveLength(5)
    expect(story.entropyBits).toBeCloseTo(story.row!.entropy / Math.LN2, 9)
  })

  it('names the guess that a corrected token stands for', () => {
    const round = medusa.rounds.find(({ emitted }) => emitted.at(-1)?.origin === 'corrected')!
    const story = tokenStory(round, round.emitted.length - 1)!
    expect(story.refused).toBe(refusedAfter(round))
    expect(story.refused?.verdict).toBe('refused')
  })

  it('takes min(1, p/q) for the chance, and p where the drafter gives no q', () => {
    const node = medusa.rounds[0]!.nodes[0]!
    expect(acceptChance({ ...node, draftProbability: 0.5, targetProbability: 0.2 })).toBeCloseTo(0.4, 9)
    expect(acceptChance({ ...node, draftProbability: 0.2, targetProbability: 0.5 })).toBe(1)
    expect(acceptChance({ ...node, draftProbability: null, targetProbability: 0.3 })).toBe(0.3)
    expect(acceptChance({ ...node, targetProbability: null })).toBeNull()
  })
})

describe('blocks of text', () => {
  it('hold every token once, and stay as they are while text is added', () => {
    const blocks = textBlocks(medusa.tokens, medusa.tokenCount)
    const pieces = blocks.flatMap((block) => block.pieces)
    expect(pieces[0]?.start).toBe(0)
    expect(pieces.at(-1)?.end).toBe(medusa.tokenCount)
    pieces.slice(1).forEach(({ start }, index) => expect(start).toBe(pieces[index]!.end))
    const earlier = textBlocks(medusa.tokens, 200).flatMap((block) => block.pieces)
    expect(pieces.slice(0, earlier.length - 1)).toEqual(earlier.slice(0, -1))
  })
})

describe('a strategy in words', () => {
  it('is called lossy where its rule does not keep the distribution', () => {
    const typical = strategySchema.parse({ name: 'medusa', treeNodes: 10, acceptance: 'typical' })
    expect(isLossy(typical)).toBe(true)
    expect(strategyDetail(typical)).toBe('10 nodes, lossy')
    expect(strategyDetail(strategySchema.parse({ name: 'draft', draftLength: 4, acceptance: 'typical' }))).toBe('k = 4')
  })
})
