import { describe, expect, it } from 'vitest'
import type { JobId } from '../../../contract/ids'
import type { RaceEvent } from '../../../contract/speculation'
import { acceptanceStatistics } from '../../../contract/speculation-statistics'
import { runVerdict } from './model/insight'
import { traceOf } from './model/run-trace'
import { statisticsOf } from './model/statistics-of'
import { applyRaceEvents, baselineOf, savedRace, startedRace } from './race-store'
import { laneOrder } from './race/lane-order'
import { speedupOf } from './selectors'
import { syntheticRace } from './testing/synthetic-race'

const record = syntheticRace({ tokens: 80 })
const started = startedRace('job-1' as JobId, record.settings, record.modelName, 1)

/** The events of a race, its rounds in handfuls. */
function eventsOf(handful: number): RaceEvent[] {
  const runs = record.runs.flatMap(({ rounds, ...result }, run): RaceEvent[] => [
    { type: 'run', run, strategy: result.strategy },
    ...Array.from({ length: Math.ceil(rounds.length / handful) }, (_, index) => ({
      type: 'rounds' as const,
      run,
      rounds: rounds.slice(index * handful, (index + 1) * handful),
    })),
    { type: 'run-end', run, result },
  ])
  return [
    { type: 'start', modelName: record.modelName, precision: 'int8', promptTokens: 41 },
    ...runs,
    { type: 'end', raceId: record.id },
  ]
}

describe('a race from its events', () => {
  it('is the race that was filed, however its rounds were gathered', () => {
    const saved = savedRace(record)
    for (const handful of [1, 7, 1000]) {
      const live = applyRaceEvents(started, eventsOf(handful))
      expect(live.runs).toEqual(saved.runs)
      expect(live).toMatchObject({ raceId: record.id, isRunning: false, promptTokens: 41 })
    }
  })

  it('appends rounds without copying those before, and leaves what was seen as it was', () => {
    const events = eventsOf(5)
    const before = applyRaceEvents(started, events.slice(0, 4))
    const counts = before.runs.map(({ roundCount }) => roundCount)
    const after = applyRaceEvents(before, events.slice(4, 6))
    expect(after.runs[0]!.rounds).toBe(before.runs[0]!.rounds)
    expect(after.runs[0]).not.toBe(before.runs[0])
    expect(before.runs.map(({ roundCount }) => roundCount)).toEqual(counts)
    expect(statisticsOf(before.runs[0]!).tokens).toBe(before.runs[0]!.tokenCount)
  })

  it('begins anew where the stream is told from the start again', () => {
    const once = applyRaceEvents(started, eventsOf(9))
    expect(applyRaceEvents(once, eventsOf(9)).runs).toEqual(once.runs)
  })

  it('counts what the contract counts', () => {
    for (const run of record.runs) expect(statisticsOf(traceOf(run))).toEqual(acceptanceStatistics(run.rounds))
  })
})

describe('the verdict', () => {
  it('is withheld until the baseline has been measured', () => {
    const events = eventsOf(1000)
    const early = applyRaceEvents(started, events.slice(0, 3))
    expect(baselineOf(early)).toBeUndefined()
    expect(runVerdict(early.runs[0]!, baselineOf(early))).toMatchObject({ tone: 'unmeasured', factor: null })
    const later = applyRaceEvents(early, events.slice(3, 6))
    expect(runVerdict(later.runs[1]!, baselineOf(later)).meaning).toBe('Not over yet')
    expect(speedupOf(later.runs[1]!, later)).toBeNull()
  })

  it('says slower, and why', () => {
    const race = savedRace(syntheticRace({ strategies: ['early-exit'] }))
    const { tone, factor, meaning, reason } = runVerdict(race.runs[1]!, baselineOf(race))
    expect({ tone, meaning }).toEqual({ tone: 'slower', meaning: 'slower than plain' })
    expect(factor).toBeLessThan(1)
    expect(reason).toMatch(/^Turn it off, because drafting takes \d+ % of the time\.$/)
  })
})

describe('the lanes', () => {
  it('stand in their places from the start, the baseline last', () => {
    const names = laneOrder(started).map(({ strategy, run }) => [strategy.name, run !== undefined])
    expect(names).toEqual([
      ['medusa', false],
      ['draft', false],
      ['lookup', false],
      ['plain', false],
    ])
    const live = applyRaceEvents(started, eventsOf(1000).slice(0, 3))
    expect(laneOrder(live).map(({ run }) => run !== undefined)).toEqual([false, false, false, true])
    expect(laneOrder(savedRace(record)).map(({ index }) => index)).toEqual([1, 2, 3, 0])
  })
})
