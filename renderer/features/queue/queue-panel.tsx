import { Pause, Play, Trash2 } from 'lucide-react'
import { useStore } from 'zustand'
import type { Job } from '../../../contract/jobs'
import { finishedJobs, queuedJobs, runningJob } from '../../studio/jobs-state'
import { useStudio } from '../../studio/context'
import { Button } from '../../ui/button'
import { formatEta, plural } from '../../ui/format'
import { setPaused } from './queue-actions'
import styles from './queue-panel.module.css'
import { FinishedRow, RunningRow } from './queue-rows'
import { WaitingList } from './waiting-list'

const mostFinished = 20

interface QueuePanelProps {
  /** Shows what a job draws or drew. */
  readonly onShow: (job: Job) => void
}

/** The run in hand, what waits and in which order, and what is over. */
export function QueuePanel({ onShow }: QueuePanelProps) {
  const studio = useStudio()
  const jobs = useStore(studio.jobs, (state) => state.jobs)
  const isPaused = useStore(studio.jobs, (state) => state.queue.paused)
  const isLoaded = useStore(studio.jobs, (state) => state.isLoaded)
  const state = { ...studio.jobs.getState(), jobs }
  const running = runningJob(state)
  const waiting = queuedJobs(state)
  const finished = finishedJobs(state)
  const isEmpty = running === null && waiting.length === 0

  return (
    <section className={styles.queue} aria-label="Queue">
      {isPaused ? (
        <p className={styles.paused}>
          <Pause size={12} strokeWidth={2} aria-hidden />
          Paused: {waiting.length === 0 ? 'new jobs will wait' : plural(waiting.length, 'job waits', 'jobs wait')}
        </p>
      ) : null}
      {running === null ? null : <RunningRow job={running} onShow={onShow} />}
      <WaitingList jobs={waiting} />
      {isEmpty ? <p className={styles.empty}>{isLoaded ? 'Nothing waits.' : 'Reading the queue'}</p> : null}
      <footer className={styles.foot}>
        <Eta jobId={running?.id ?? null} waiting={waiting.length} />
        <Button size="sm" variant="ghost" onPress={() => void setPaused(studio, !isPaused)}>
          {isPaused ? <Play size={12} strokeWidth={2} aria-hidden /> : <Pause size={12} strokeWidth={2} aria-hidden />}
          {isPaused ? 'Go on' : running === null ? 'Pause' : 'Pause after this'}
        </Button>
      </footer>
      {finished.length === 0 ? null : (
        <>
          <header className={styles.over}>
            <h2>Over</h2>
            <Button size="sm" variant="ghost" onPress={() => void studio.client.jobs.clear()}>
              <Trash2 size={12} strokeWidth={2} aria-hidden />
              Clear
            </Button>
          </header>
          {finished.slice(0, mostFinished).map((job) => (
            <FinishedRow key={job.id} job={job} onShow={onShow} />
          ))}
          {finished.length > mostFinished ? (
            <p className={styles.empty}>and {plural(finished.length - mostFinished, 'older job')}</p>
          ) : null}
        </>
      )}
    </section>
  )
}

function Eta({ jobId, waiting }: { readonly jobId: string | null; readonly waiting: number }) {
  const studio = useStudio()
  const eta = useStore(studio.jobs, (state) => (jobId === null ? null : (state.progress[jobId]?.eta ?? null)))
  if (jobId === null) return <span>{waiting === 0 ? '' : plural(waiting, 'job')}</span>
  const own = eta === null ? 'measuring' : formatEta(eta)
  return <span>{waiting === 0 ? own : `${own}, then ${waiting} more`}</span>
}
