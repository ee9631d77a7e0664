import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { useSpeculate } from '../context'

/** How far the race is, on the button that stops it. */
export function RaceProgress() {
  const { race } = useSpeculate()
  const { jobs } = useStudio()
  const jobId = useStore(race, (state) => state.race?.jobId ?? null)
  const begun = useStore(race, (state) => state.race?.runs.length ?? 0)
  const asked = useStore(
    race,
    (state) => 1 + (state.race?.settings.strategies.filter(({ name }) => name !== 'plain').length ?? 0),
  )
  const status = useStore(jobs, (state) => (jobId === null ? undefined : state.jobs[jobId]?.status))
  if (status === 'queued') return <>Stop, waiting</>
  return <>Stop, {begun === 0 ? 'loading' : `run ${begun} of ${asked}`}</>
}
