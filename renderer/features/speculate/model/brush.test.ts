import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { syntheticRace } from '../testing/synthetic-race'
import { brushOf, brushWords } from './brush'
import { traceOf } from './run-trace'
import { entropyBins, judgedByRound, lengthsOf, statisticsOf, statisticsOfRounds } from './statistics-of'

const traces = syntheticRace({ tokens: 200 }).runs.map(traceOf)
const place = fc.nat(60)

describe('a choice of rounds', () => {
  it('holds the places between its ends, however they were drawn', () => {
    fc.assert(
      fc.property(fc.constantFrom(...traces), place, place, (trace, one, other) => {
        const { from, to, rounds } = brushOf(trace, 1, 'round', one, other)
        expect([from, to]).toEqual([Math.min(one, other), Math.max(one, other)])
        const expected = Array.from({ length: trace.roundCount }, (_, round) => round).slice(from, to + 1)
        expect([...rounds]).toEqual(expected)
      }),
    )
  })

  it('by accepted length has as many rounds as the chart’s bars say', () => {
    fc.assert(
      fc.property(fc.constantFrom(...traces), fc.nat(7), fc.nat(7), (trace, one, other) => {
        const { from, to, rounds } = brushOf(trace, 1, 'length', one, other)
        const bars = lengthsOf(trace).slice(from, to + 1)
        expect(rounds.size).toBe(bars.reduce((sum, bar) => sum + bar.rounds, 0))
        const { lengths } = statisticsOfRounds(trace, rounds)
        lengths.forEach((count, length) =>
          expect(count).toBe(length < from || length > to ? 0 : lengthsOf(trace)[length]!.rounds),
        )
      }),
    )
  })

  it('by the target’s doubt has all rounds that were judged where it was so unsure', () => {
    fc.assert(
      fc.property(fc.constantFrom(...traces), fc.nat(5), fc.nat(5), (trace, one, other) => {
        const { from, to, rounds } = brushOf(trace, 1, 'entropy', one, other)
        judgedByRound(trace).forEach((places, round) =>
          expect(rounds.has(round)).toBe(places.some(({ bin }) => bin >= from && bin <= to)),
        )
        const { entropies } = statisticsOfRounds(trace, rounds)
        for (let bin = from; bin <= to; bin += 1) expect(entropies[bin]).toEqual(entropyBins(trace)[bin])
      }),
    )
  })

  it('of all rounds has the run’s own statistics', () => {
    const medusa = traces[1]!
    const { rounds } = brushOf(medusa, 1, 'round', 0, medusa.roundCount)
    expect(statisticsOfRounds(medusa, rounds)).toMatchObject(statisticsOf(medusa))
    expect(statisticsOfRounds(medusa, rounds).entropies).toEqual(entropyBins(medusa))
  })

  it('is told in words', () => {
    const medusa = traces[1]!
    expect(brushWords(brushOf(medusa, 1, 'round', 3, 14), medusa)).toMatch(/^12 of \d+ rounds: 4 to 15$/)
    expect(brushWords(brushOf(medusa, 1, 'length', 2, 2), medusa)).toMatch(/^\d+ of \d+ rounds: 2 accepted$/)
    expect(brushWords(brushOf(medusa, 1, 'entropy', 1, 2), medusa)).toMatch(/: judged at 0.5 to 1.5 bits$/)
    expect(brushWords(brushOf(medusa, 1, 'entropy', 5, 5), medusa)).toMatch(/: judged at 3 bits or more$/)
  })
})
