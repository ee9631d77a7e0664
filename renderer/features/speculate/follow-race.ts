import type { JobId, RaceId } from '../../../contract/ids'
import { followJob, jobAtEnd } from '../../studio/follow-job'
import type { SpeculateFeature } from './feature'
import { raceDuration } from './model/clock'
import { applyRaceEvents, savedRace, type ShownRace } from './race-store'
import { fastestRun } from './selectors'

/** Follows a race to its end; what was filed takes the place of what was seen where it holds more. */
export async function followRace(feature: SpeculateFeature, jobId: JobId): Promise<void> {
  const { studio, bench, race } = feature
  const end = await followJob(studio, {
    jobId,
    doing: 'Following the race',
    open: (signal) => studio.client.speculation.follow({ jobId }, { signal }),
    isShown: () => shownRace(feature, jobId) !== null,
    take: (events) => {
      const shown = shownRace(feature, jobId)
      if (shown === null) return
      const next = applyRaceEvents(shown, events)
      race.setState({ race: next })
      keepUp(feature, shown, next)
    },
  })
  if (end === 'left') return
  if (end === 'down')
    bench.setState({ failure: studio.report('Following the race', new Error('The studio core does not answer')) })
  await settle(feature, jobId)
}

function shownRace({ race }: SpeculateFeature, jobId: JobId): ShownRace | null {
  const shown = race.getState().race
  return shown?.jobId === jobId ? shown : null
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
