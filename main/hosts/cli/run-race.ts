import type { Job } from '../../../contract/jobs'
import type { Race, RaceRequest } from '../../../contract/speculation'
import type { Studio } from '../studio'

/** Runs one race to its end. The result is null where it was stopped before the first run was over. */
export async function runRace(
  studio: Studio,
  request: RaceRequest,
  watch: { onJob?: (job: Job) => void; onProgress?: (job: Job) => void },
): Promise<{ job: Job; race: Race | null }> {
  const job = await studio.client.speculation.race(request)
  watch.onJob?.(job)
  let ended: Job = job
  for await (const event of await studio.client.jobs.watch()) {
    if (event.type === 'progress' && event.jobId === job.id) watch.onProgress?.({ ...job, progress: event.progress })
    const jobs = event.type === 'snapshot' ? event.jobs : event.type === 'job' ? [event.job] : []
    const current = jobs.find(({ id }) => id === job.id)
    if (current !== undefined && current.status !== 'queued' && current.status !== 'running') {
      ended = current
      break
    }
  }
  const race = ended.raceId === null ? null : await studio.client.speculation.get({ raceId: ended.raceId })
  return { job: ended, race }
}
