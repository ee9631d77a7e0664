import { Check } from 'lucide-react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { formatMilliseconds } from '../../../ui/format'
import { useNow } from '../../../ui/hooks'
import { Progress } from '../../../ui/progress'
import { Spinner } from '../../../ui/spinner'
import { useRace } from '../context'
import type { ShownRace } from '../race-store'
import styles from './loading-stages.module.css'

/** What happens before the first token, stage by stage with its seconds. */
export function LoadingStages() {
  const race = useRace()
  return race === null ? null : <Stages race={race} />
}

function Stages({ race }: { readonly race: ShownRace }) {
  const { jobs } = useStudio()
  const job = useStore(jobs, (state) => (race.jobId === null ? undefined : state.jobs[race.jobId]))
  const progress = useStore(jobs, (state) => (race.jobId === null ? undefined : state.progress[race.jobId]))
  const ahead = useStore(
    jobs,
    (state) => Object.values(state.jobs).filter(({ status, id }) => status === 'running' && id !== race.jobId).length,
  )
  const now = useNow(200)
  const isQueued = job?.status === 'queued'
  const since = job?.startedAt ?? race.createdAt
  const done = (job?.log ?? []).map(({ text }) => text)
  const label = isQueued
    ? `Waiting for ${ahead === 1 ? 'the job' : `${ahead} jobs`} before it`
    : (progress?.label ?? 'Reading the models')
  return (
    <div className={styles.stages} role="status">
      <h2>{isQueued ? 'In the queue' : `Getting ${race.modelName} ready`}</h2>
      <ol>
        {done.map((text, index) => (
          <li key={index}>
            <Check size={14} aria-hidden />
            {text}
          </li>
        ))}
        <li className={styles.now}>
          <Spinner />
          {label}
          <span>{formatMilliseconds(Math.max(0, now - since))}</span>
        </li>
      </ol>
      {progress === undefined ? null : <Progress label="The whole race" fraction={progress.fraction} />}
    </div>
  )
}
