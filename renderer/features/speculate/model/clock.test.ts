import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { roomFor, ticksOf } from '../race/axis'
import { syntheticRace } from '../testing/synthetic-race'
import { raceDuration, roundAt, roundsBy, timeOf, tokensBy } from './clock'
import { traceOf } from './run-trace'

const runs = syntheticRace({ tokens: 120 }).runs.map(traceOf)
const medusa = runs[1]!

describe('the clock of the replay', () => {
  it('stands at a round when that round has ended, and shows its tokens from then on', () => {
    for (let round = 0; round < medusa.roundCount; round += 1) {
      const time = timeOf(medusa, round)
      expect(roundAt(medusa, time)).toBe(round)
      expect(tokensBy(medusa, time)).toBe(medusa.firstTokens[round + 1] ?? medusa.tokenCount)
    }
  })

  it('has no tokens at the start and all of them at the end', () => {
    expect(tokensBy(medusa, 0)).toBe(0)
    for (const run of runs) expect(tokensBy(run, raceDuration(runs))).toBe(run.tokenCount)
  })

  it('never goes back', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 5000, noNaN: true }),
        fc.double({ min: 0, max: 500, noNaN: true }),
        (at, later) => {
          expect(roundsBy(medusa, at + later)).toBeGreaterThanOrEqual(roundsBy(medusa, at))
          expect(tokensBy(medusa, at + later)).toBeGreaterThanOrEqual(tokensBy(medusa, at))
        },
      ),
    )
  })
})

describe('the axis', () => {
  it('has few ticks at round places', () => {
    expect(ticksOf(4090, 6)).toEqual([0, 1000, 2000, 3000, 4000])
    expect(ticksOf(0, 6)).toEqual([0])
  })

  it('leaves room while a race runs, and grows by leaps', () => {
    expect([0, 900, 2100, 2900, 3900].map(roomFor)).toEqual([1000, 1000, 3000, 3000, 4000])
  })
})
