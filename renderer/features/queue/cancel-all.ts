import type { JobId } from '../../../contract/ids'
import type { Job } from '../../../contract/jobs'
import { queuedJobs, runningJob, type JobsState } from '../../studio/jobs-state'
import type { Studio } from '../../studio/studio'
import { plural } from '../../ui/format'
import { showToast } from '../../ui/toaster'
import { cancelJob } from './queue-actions'

/** What is still to be done, in order, without a job that was stopped already and only ends its last step. */
export function jobsToCome(state: JobsState, stoppedId: JobId | null = null): readonly Job[] {
  const running = runningJob(state)
  return [...(running === null || running.id === stoppedId ? [] : [running]), ...queuedJobs(state)]
}

/** Cancels the job in hand and all that wait, and offers to put them back in the queue. */
export async function cancelAll(studio: Studio, stoppedId: JobId | null = null): Promise<void> {
  const jobs = jobsToCome(studio.jobs.getState(), stoppedId)
  if (jobs.length === 0) return
  const text = `${plural(jobs.length, 'job')} cancelled`
  const entry = { what: text, undo: () => void queueAgain(studio, jobs) }
  studio.undo.push(entry)
  // Those that wait go first: the end of the job in hand would start one of them.
  await Promise.all(jobs.filter(({ status }) => status === 'queued').map(({ id }) => cancelJob(studio, id)))
  await Promise.all(jobs.filter(({ status }) => status === 'running').map(({ id }) => cancelJob(studio, id)))
  showToast({
    id: 'stop',
    text,
    action: { label: 'Undo', keys: '$mod+z', run: () => studio.undo.undo(entry) },
  })
}

/** The requests once more, one after the other so that they keep their order. */
async function queueAgain(studio: Studio, jobs: readonly Job[]): Promise<void> {
  try {
    for (const { id } of jobs) await studio.client.jobs.retry({ jobId: id })
  } catch (error) {
    showToast({ tone: 'fail', text: studio.report('Putting jobs back in the queue', error).message })
  }
}
