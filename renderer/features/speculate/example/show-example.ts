import type { SpeculateFeature } from '../feature'
import { raceDuration } from '../model/clock'
import { savedRace, type ShownRace } from '../race-store'
import { fastestRun } from '../selectors'
import { readRecordedRace, type RecordedRace } from './recorded-race'

let reading: Promise<RecordedRace> | null = null

/** Puts the recorded race on the empty bench. It never takes the place of a race of this machine. */
export async function showExample(feature: SpeculateFeature): Promise<void> {
  const { race, view, studio } = feature
  try {
    reading ??= readRecordedRace()
    const recorded = await reading
    if (!isFree(race.getState().race)) return
    const shown: ShownRace = { ...savedRace(recorded.race), recorded }
    race.setState({ race: shown })
    view.setState({
      run: fastestRun(shown),
      time: raceDuration(shown.runs),
      isFollowing: false,
      mark: null,
      pinned: null,
      brush: null,
      isExplained: true,
    })
  } catch (error) {
    reading = null
    studio.report('Reading the recorded race', error)
  }
}

function isFree(race: ShownRace | null): boolean {
  return race === null || (!race.isRunning && race.runs.every(({ roundCount }) => roundCount === 0))
}
