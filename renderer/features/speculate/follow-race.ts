import type { JobId, RaceId } from '../../../contract/ids'
import type { Job } from '../../../contract/jobs'
import type { RaceEvent } from '../../../contract/speculation'
import { failureOf, isLostConnection } from '../../client/failure'
import { onNextFrame } from '../../studio/next-frame'
import type { Studio } from '../../studio/studio'
import type { SpeculateFeature } from './feature'
import { raceDuration } from './model/clock'
import { applyRaceEvents, savedRace, type ShownRace } from './race-store'
import { fastestRun } from './selectors'

/**
 * Follows a race to its end: through the queue, and past lost connections. A new connection is told everything from the first
 * round on; of a race that ended meanwhile it is told the end alone, and what was filed takes the place of what was seen.
 */
export async function followRace(feature: SpeculateFeature, jobId: JobId): Promise<void> {
  const { studio, bench } = feature
  for (;;) {
    const { generation } = studio.connection.getState()
    const outcome = await followOnce(feature, jobId, generation)
    if (shownRace(feature, jobId) === null) return
    if (outcome === 'over') break
    if (outcome === 'queued') await begun(studio, jobId)
    else if (outcome === 'failed' || !(await connectedAnew(studio, generation))) break
  }
  if (studio.connection.getState().status === 'down')
    bench.setState({ failure: studio.report('Following the race', new Error('The studio core does not answer')) })
  await settle(feature, jobId)
}

type Outcome = 'over' | 'queued' | 'lost' | 'failed'

/** Brings a race's events into the store, once a frame, for as long as one connection holds. */
async function followOnce(feature: SpeculateFeature, jobId: JobId, generation: number): Promise<Outcome> {
  const { studio, race } = feature
  let waiting: RaceEvent[] = []
  let isScheduled = false
  function flush(): void {
    isScheduled = false
    const events = waiting
    waiting = []
    const shown = shownRace(feature, jobId)
    if (shown === null || events.length === 0) return
    const next = applyRaceEvents(shown, events)
    race.setState({ race: next })
    keepUp(feature, shown, next)
  }

  // A stream of the connection before may hang where it should have failed.
  const abort = new AbortController()
  const stop = studio.connection.subscribe((state) => {
    if (state.generation !== generation || state.status === 'down') abort.abort()
  })
  let hasEnded = false
  try {
    for await (const event of await studio.client.speculation.follow({ jobId }, { signal: abort.signal })) {
      if (shownRace(feature, jobId) === null) return 'over'
      hasEnded ||= event.type === 'end'
      waiting.push(event)
      if (!isScheduled) {
        isScheduled = true
        onNextFrame(flush)
      }
    }
    // A race that was stopped before its first run ended files nothing, and its stream ends without an end.
    return hasEnded || !abort.signal.aborted ? 'over' : 'lost'
  } catch (error) {
    if (failureOf(error).code === 'JOB_STATE') return 'queued'
    if (abort.signal.aborted || isLostConnection(error)) return 'lost'
    studio.report('Following the race', error)
    return 'failed'
  } finally {
    stop()
    flush()
  }
}

function shownRace({ race }: SpeculateFeature, jobId: JobId): ShownRace | null {
  const shown = race.getState().race
  return shown?.jobId === jobId ? shown : null
}

/** When the queue has come to the job. */
function begun({ jobs }: Studio, jobId: JobId): Promise<void> {
  return new Promise((resolve) => {
    const hasBegun = () => (jobs.getState().jobs[jobId]?.status ?? 'queued') !== 'queued'
    if (hasBegun()) {
      resolve()
      return
    }
    const stop = jobs.subscribe(() => {
      if (!hasBegun()) return
      stop()
      resolve()
    })
  })
}

/** Waits for a connection newer than the given one. @returns false where there will be none */
function connectedAnew({ connection }: Studio, generation: number): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = () => {
      const state = connection.getState()
      if (state.status === 'down') return false
      return state.status === 'open' && state.generation !== generation ? true : null
    }
    const already = answer()
    if (already !== null) {
      resolve(already)
      return
    }
    const stop = connection.subscribe(() => {
      const now = answer()
      if (now === null) return
      stop()
      resolve(now)
    })
  })
}

/** The stream is over: what the job says of its end stands, and rounds that nobody was told are fetched. */
async function settle(feature: SpeculateFeature, jobId: JobId): Promise<void> {
  const { race, bench } = feature
  const job = await jobAtEnd(feature.studio, jobId)
  const told = shownRace(feature, jobId)
  if (told === null) return
  if (job?.failure != null) bench.setState({ failure: job.failure })
  const isUnfinished = told.runs.length === 0 || told.runs.some(({ result }) => result === null)
  race.setState({ race: { ...told, isRunning: false, isPartial: job?.status === 'cancelled' || isUnfinished } })
  if (told.raceId !== null && isUnfinished) await readFiled(feature, told.raceId, jobId)
  void feature.runs.reload()
}

/** The news of the job may lag behind the race's own. */
async function jobAtEnd({ client, jobs }: Studio, jobId: JobId): Promise<Job | undefined> {
  try {
    return await client.jobs.get({ jobId })
  } catch {
    return jobs.getState().jobs[jobId]
  }
}

/** Takes what was filed where it holds more than was seen: a run that was stopped in its midst is not filed. */
async function readFiled(feature: SpeculateFeature, raceId: RaceId, jobId: JobId): Promise<void> {
  const { race, view, studio } = feature
  try {
    const filed = savedRace(await studio.client.speculation.get({ raceId }))
    const seen = shownRace(feature, jobId)
    if (seen === null || filed.runs.length < seen.runs.length) return
    race.setState({ race: filed })
    if (view.getState().isFollowing) view.setState({ run: fastestRun(filed), time: raceDuration(filed.runs) })
  } catch (error) {
    studio.report('Reading the race', error)
  }
}

/** While nobody moves the clock, it stays at the newest round, and the newest run is shown; the fastest one at the end. */
function keepUp({ view }: SpeculateFeature, before: ShownRace, race: ShownRace): void {
  if (!view.getState().isFollowing) return
  if (before.isRunning && !race.isRunning) {
    view.setState({ run: fastestRun(race), time: raceDuration(race.runs) })
    return
  }
  view.setState({ run: Math.max(0, race.runs.length - 1), time: raceDuration(race.runs) })
}
