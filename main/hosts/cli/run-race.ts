import type { Job, Progress } from '../../../contract/jobs'
import type { Race, RaceRequest } from '../../../contract/speculation'
import type { Studio } from '../studio'

interface RaceWatch {
  /** Stops the race: what was measured by then is the result. */
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
}

/** Runs one race to its end. The result is null where it was stopped before the first run was over. */
export async function runRace(
  { client }: Pick<Studio, 'client'>,
  request: RaceRequest,
  { signal, onProgress }: RaceWatch,
): Promise<{ job: Job; race: Race | null }> {
  const asked = await client.speculation.race(request)
  const cancel = (): void => void client.jobs.cancel({ jobId: asked.id })
  signal.addEventListener('abort', cancel)
  try {
    if (signal.aborted) cancel()
    const job = await jobOver(client, asked, onProgress)
    return { job, race: job.raceId === null ? null : await client.speculation.get({ raceId: job.raceId }) }
  } finally {
    // One signal stops many races, one after the other.
    signal.removeEventListener('abort', cancel)
  }
}

async function jobOver(client: Studio['client'], job: Job, onProgress: RaceWatch['onProgress']): Promise<Job> {
  for await (const event of await client.jobs.watch()) {
    if (event.type === 'progress' && event.jobId === job.id) onProgress(event.progress)
    const jobs = event.type === 'snapshot' ? event.jobs : event.type === 'job' ? [event.job] : []
    const current = jobs.find(({ id }) => id === job.id)
    if (current !== undefined && current.status !== 'queued' && current.status !== 'running') return current
  }
  return job
}
