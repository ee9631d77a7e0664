import type { JobId } from '../../../contract/ids'
import type { Job } from '../../../contract/jobs'
import { queuedJobs } from '../../studio/jobs-state'
import type { Studio } from '../../studio/studio'
import { showToast } from '../../ui/toaster'

async function tell(studio: Studio, doing: string, call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    showToast({ tone: 'fail', text: studio.report(doing, error).message })
  }
}

export function setPaused(studio: Studio, paused: boolean): Promise<void> {
  return tell(studio, paused ? 'Pausing the queue' : 'Going on with the queue', studio.client.jobs.pause({ paused }))
}

export function cancelJob(studio: Studio, jobId: JobId): Promise<void> {
  return tell(studio, 'Cancelling a job', studio.client.jobs.cancel({ jobId }))
}

export function retryJob(studio: Studio, jobId: JobId): Promise<void> {
  return tell(studio, 'Trying a job again', studio.client.jobs.retry({ jobId }))
}

/** Shows the new order at once; the core's answer then confirms or corrects it. */
export function reorder(studio: Studio, jobIds: readonly JobId[]): Promise<void> {
  studio.jobs.setState((state) => {
    const jobs: Record<string, Job> = { ...state.jobs }
    const positions = queuedJobs(state)
      .map(({ position }) => position)
      .sort((a, b) => a - b)
    jobIds.forEach((id, index) => {
      const job = jobs[id]
      if (job?.status === 'queued') jobs[id] = { ...job, position: positions[index] ?? job.position }
    })
    return { jobs }
  })
  return tell(studio, 'Reordering the queue', studio.client.jobs.reorder({ jobIds: [...jobIds] }))
}

/** The order after a job moved to another place; null where nothing would change. */
export function movedOrder(ids: readonly JobId[], id: JobId, to: number): readonly JobId[] | null {
  const from = ids.indexOf(id)
  const target = Math.max(0, Math.min(ids.length - 1, to))
  if (from < 0 || from === target) return null
  const rest = ids.filter((one) => one !== id)
  return [...rest.slice(0, target), id, ...rest.slice(target)]
}
