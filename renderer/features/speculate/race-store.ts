import { createStore, type StoreApi } from 'zustand/vanilla'
import type { JobId, RaceId } from '../../../contract/ids'
import type { Calibration, Race, RaceEvent, RaceSettings } from '../../../contract/speculation'
import type { RecordedRace } from './example/recorded-race'
import { appendRounds, emptyTrace, traceOf, type RunTrace } from './model/run-trace'

/** The race on the bench: one that runs, or one that was saved. */
export interface ShownRace {
  readonly jobId: JobId | null
  /** Null until it has been filed. */
  readonly raceId: RaceId | null
  readonly settings: RaceSettings
  readonly modelName: string
  readonly precision: string
  readonly promptTokens: number
  readonly createdAt: number
  readonly isRunning: boolean
  /** Stopped before the last run ended. */
  readonly isPartial: boolean
  readonly calibration: Calibration | null
  /** Where it is the example that comes with the studio: what it says was measured elsewhere. */
  readonly recorded: RecordedRace | null
  readonly runs: readonly RunTrace[]
}

export type RaceStore = StoreApi<{ readonly race: ShownRace | null }>

export function createRaceStore(): RaceStore {
  return createStore(() => ({ race: null }))
}

/** A race that was asked for and has shown nothing yet. */
export function startedRace(jobId: JobId, settings: RaceSettings, modelName: string, now: number): ShownRace {
  return {
    jobId,
    raceId: null,
    settings,
    modelName,
    precision: settings.precision ?? '',
    promptTokens: 0,
    createdAt: now,
    isRunning: true,
    isPartial: false,
    calibration: null,
    recorded: null,
    runs: [],
  }
}

export function savedRace(race: Race): ShownRace {
  return {
    jobId: race.jobId,
    raceId: race.id,
    settings: race.settings,
    modelName: race.modelName,
    precision: race.precision,
    promptTokens: race.promptTokens,
    createdAt: race.createdAt,
    isRunning: false,
    isPartial: race.partial,
    calibration: race.calibration,
    recorded: null,
    runs: race.runs.map(traceOf),
  }
}

/** What the events since the last frame make of the race. Rounds are appended, never copied. */
export function applyRaceEvents(race: ShownRace, events: readonly RaceEvent[]): ShownRace {
  return events.reduce(applyRaceEvent, race)
}

function applyRaceEvent(race: ShownRace, event: RaceEvent): ShownRace {
  switch (event.type) {
    case 'start':
      return {
        ...race,
        modelName: event.modelName,
        precision: event.precision,
        promptTokens: event.promptTokens,
        // A follower that comes back is told everything once more.
        runs: [],
      }
    case 'run':
      return withRun(race, event.run, () => emptyTrace(event.strategy))
    case 'rounds':
      return withRun(race, event.run, (run) => (run === undefined ? null : appendRounds(run, event.rounds)))
    case 'run-end':
      return withRun(race, event.run, (run) => (run === undefined ? null : { ...run, result: event.result }))
    case 'end':
      return { ...race, raceId: event.raceId, isRunning: false }
  }
}

function withRun(race: ShownRace, index: number, change: (run: RunTrace | undefined) => RunTrace | null): ShownRace {
  const changed = change(race.runs[index])
  if (changed === null) return race
  const runs = [...race.runs]
  runs[index] = changed
  return { ...race, runs }
}

/** Plain decoding's run, once it is over: before that there is nothing to measure against. */
export function baselineOf(race: Pick<ShownRace, 'runs'>): RunTrace | undefined {
  return race.runs.find(({ strategy, result }) => strategy.name === 'plain' && result !== null)
}
