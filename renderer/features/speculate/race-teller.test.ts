import { describe, expect, it } from 'vitest'
import type { RaceEvent } from '../../../contract/speculation'
import { applyRaceEvents, savedRace, startedRace, type ShownRace } from './race-store'
import { createRaceTeller } from './race-teller'
import { syntheticRace } from './testing/synthetic-race'

const record = syntheticRace({ tokens: 60, strategies: ['medusa'] })

function eventsOf(): RaceEvent[] {
  const { modelName, precision, promptTokens, runs, id } = record
  return [
    { type: 'start', modelName, precision, promptTokens },
    ...runs.flatMap(({ rounds, ...result }, run): RaceEvent[] => [
      { type: 'run', run, strategy: result.strategy },
      ...rounds.map((round): RaceEvent => ({ type: 'rounds', run, rounds: [round] })),
      { type: 'run-end', run, result },
    ]),
    { type: 'end', raceId: id },
  ]
}

function tell(events: readonly RaceEvent[]): string[] {
  const teller = createRaceTeller()
  let race: ShownRace = startedRace(record.jobId!, record.settings, record.modelName, 0)
  const heard = [teller(race)]
  for (const event of events) heard.push(teller((race = applyRaceEvents(race, [event]))))
  return heard.filter((text) => text !== null)
}

describe('what is heard of a race', () => {
  it('is the text once, in whole sentences, then how fast each run was', () => {
    const heard = tell(eventsOf())
    const last = heard.findIndex((text) => text.includes('Plain:'))
    for (const text of heard.slice(0, last)) expect(text).toMatch(/[.!?]$/)
    expect(heard[0]).toBe('Sunlight looks white, but it is a mix of every colour you see in a rainbow.')
    expect(heard.slice(0, last + 1).join(' ')).toContain(record.runs[0]!.text.trim())
    expect(heard.slice(last + 1)).toEqual([
      expect.stringMatching(/^Medusa: \d+\.\d tokens a second, \d\.\d\d times plain\.$/),
      'The race is over.',
    ])
  })

  it('is not said twice after a lost connection, when everything is told once more', () => {
    const events = eventsOf()
    expect(tell([...events.slice(0, 40), ...events]).join(' ')).toBe(tell(events).join(' '))
  })

  it('is nothing of a race that was opened, nor of the recorded example', () => {
    const teller = createRaceTeller()
    expect(teller(savedRace(record))).toBeNull()
    expect(teller({ ...savedRace(record), isRunning: true, recorded: { machine: '', race: record } })).toBeNull()
  })
})
