import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../../contract/errors'
import type { Race, RaceEvent } from '../../../contract/speculation'
import type { ConnectionState } from '../../client/connect'
import { fakeJob } from '../../testing/fake-data'
import { speculateFeatureOf, type SpeculateFeature } from './feature'
import { followRace } from './follow-race'
import { startedRace } from './race-store'
import { createFakeSpeculation } from './testing/fake-speculation'
import { syntheticRace } from './testing/synthetic-race'

vi.mock('../../studio/next-frame', () => ({ onNextFrame: (run: () => void) => void Promise.resolve().then(run) }))

const record = syntheticRace({ tokens: 60 })
const jobId = record.jobId!

function eventsOf({ modelName, precision, promptTokens, runs, id }: Race): RaceEvent[] {
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
const all = eventsOf(record)

/** What one connection tells: events, and then how it ends. */
type Telling = { readonly events: readonly RaceEvent[]; readonly then: 'end' | 'break' | 'hang' | StudioError }

const stops: (() => void)[] = []
beforeEach(() =>
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined }),
)
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  vi.unstubAllGlobals()
})

function followed(tellings: readonly Telling[]) {
  const fake = createFakeSpeculation()
  fake.races.set(record.id, record)
  fake.core.jobs.set(jobId, fakeJob(1, { id: jobId, status: 'running' }))
  let calls = 0
  Object.assign(fake.studio.client.speculation, {
    follow: async (_: unknown, { signal }: { signal: AbortSignal }) => tell(tellings[calls++]!, signal),
  })
  const feature = speculateFeatureOf(fake.studio)
  feature.race.setState({ race: startedRace(jobId, record.settings, record.modelName, 0) })
  return { ...fake, feature, calls: () => calls, over: followRace(feature, jobId) }
}

async function* tell({ events, then }: Telling, signal: AbortSignal): AsyncGenerator<RaceEvent> {
  for (const event of events) {
    yield event
    await Promise.resolve()
  }
  if (then instanceof StudioError) throw then
  if (then === 'break') throw new Error('The socket was closed')
  if (then === 'hang')
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))))
}

function connection({ studio }: SpeculateFeature, state: Partial<ConnectionState>): void {
  studio.connection.setState(state)
}

const roundsOf = (feature: SpeculateFeature) => feature.race.getState().race!.runs.map(({ rounds }) => rounds)
const tick = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('following a race', () => {
  it.each(['break', 'hang'] as const)(
    'goes on by itself after a connection was lost (%s), and has each round once',
    async (then) => {
      const { feature, over, calls } = followed([
        { events: all.slice(0, 40), then },
        { events: all, then: 'end' },
      ])
      await tick()
      connection(feature, { status: 'reconnecting' })
      await tick()
      expect(feature.race.getState().race?.isRunning).toBe(true)
      expect(feature.bench.getState().failure).toBeNull()
      connection(feature, { status: 'open', generation: 2 })
      await over
      expect(calls()).toBe(2)
      expect(roundsOf(feature)).toEqual(record.runs.map(({ rounds }) => rounds))
      expect(feature.race.getState().race).toMatchObject({ isRunning: false, isPartial: false, raceId: record.id })
      expect(feature.bench.getState().failure).toBeNull()
    },
  )

  it('takes what was filed where the race ended while nobody was listening', async () => {
    const { feature, over, core } = followed([
      { events: all.slice(0, 20), then: 'break' },
      { events: all.slice(-1), then: 'end' },
    ])
    await tick()
    core.jobs.set(jobId, fakeJob(1, { id: jobId, status: 'done', raceId: record.id }))
    connection(feature, { generation: 2 })
    await over
    expect(roundsOf(feature)).toEqual(record.runs.map(({ rounds }) => rounds))
    expect(feature.race.getState().race).toMatchObject({ isRunning: false, isPartial: false })
  })

  it('waits for its turn in the queue', async () => {
    const { feature, over, calls, core } = followed([
      { events: [], then: new StudioError('JOB_STATE', 'The race has not begun') },
      { events: all, then: 'end' },
    ])
    core.jobs.set(jobId, fakeJob(1, { id: jobId, status: 'queued' }))
    await tick()
    expect(feature.race.getState().race?.isRunning).toBe(true)
    expect(calls()).toBe(1)
    feature.studio.jobs.setState({ jobs: { [jobId]: fakeJob(1, { id: jobId, status: 'running' }) } })
    await over
    expect(roundsOf(feature)).toEqual(record.runs.map(({ rounds }) => rounds))
  })

  it('says so where the core is gone for good, and keeps what was seen', async () => {
    const { feature, over } = followed([{ events: all.slice(0, 12), then: 'break' }])
    await tick()
    connection(feature, { status: 'down' })
    await over
    expect(feature.bench.getState().failure).toMatchObject({ code: 'ENGINE_CRASHED' })
    expect(feature.race.getState().race).toMatchObject({ isRunning: false, isPartial: true })
    expect(roundsOf(feature)[0]).toHaveLength(10)
  })
})
