import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import type { ShownRace } from '../race-store'

/** How far the race is, on the button that stops it. */
export function RaceProgress({ race }: { readonly race: ShownRace }) {
  const { jobs } = useStudio()
  const status = useStore(jobs, (state) => (race.jobId === null ? undefined : state.jobs[race.jobId]?.status))
  const all = race.settings.strategies.filter(({ name }) => name !== 'plain').length + 1
  const words =
    status === 'queued' ? 'waiting' : race.runs.length === 0 ? 'loading' : `run ${race.runs.length} of ${all}`
  return <>Stop, {words}</>
}
