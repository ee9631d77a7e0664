import type { JobId } from '../../contract/ids'
import type { Job } from '../../contract/jobs'
import { failureOf, isLostConnection } from '../client/failure'
import { onNextFrame } from './next-frame'
import type { Studio } from './studio'

/** A job whose events a panel shows as they come. */
export interface FollowedJob<Event extends { readonly type: string }> {
  readonly jobId: JobId
  /** In words, for reports: "Following the race". */
  readonly doing: string
  /** A new stream, which tells everything from the start on. The event "end" is its last. */
  readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Event>>
  /** Whether the panel still shows this job. */
  readonly isShown: () => boolean
  /** Takes the events of one frame. */
  readonly take: (events: readonly Event[]) => void
}

/** Why nothing more will come: the job is over, the panel shows something else, or the core does not answer any more. */
export type FollowedEnd = 'over' | 'left' | 'down'

/**
 * Follows a job to its end: through the queue, and past lost connections. A new connection is told everything from the start on;
 * of a job that ended meanwhile it is told the end alone, so that whoever follows should then read what was filed.
 */
export async function followJob<Event extends { readonly type: string }>(
  studio: Studio,
  followed: FollowedJob<Event>,
): Promise<FollowedEnd> {
  for (;;) {
    const { generation } = studio.connection.getState()
    const outcome = await followOnce(studio, followed, generation)
    if (!followed.isShown()) return 'left'
    if (outcome === 'over') break
    if (outcome === 'queued') await begun(studio, followed.jobId)
    else if (outcome === 'failed' || !(await connectedAnew(studio, generation))) break
  }
  return studio.connection.getState().status === 'down' ? 'down' : 'over'
}

/** What the job says of itself at its end: the news of it may lag behind its own events. */
export async function jobAtEnd({ client, jobs }: Studio, jobId: JobId): Promise<Job | undefined> {
  try {
    return await client.jobs.get({ jobId })
  } catch {
    return jobs.getState().jobs[jobId]
  }
}

type Outcome = 'over' | 'queued' | 'lost' | 'failed'

/** Brings a job's events to whoever shows it, once a frame, for as long as one connection holds. */
async function followOnce<Event extends { readonly type: string }>(
  studio: Studio,
  followed: FollowedJob<Event>,
  generation: number,
): Promise<Outcome> {
  let waiting: Event[] = []
  let isScheduled = false
  function flush(): void {
    isScheduled = false
    const events = waiting
    waiting = []
    if (events.length > 0 && followed.isShown()) followed.take(events)
  }

  // A stream of the connection before may hang where it should have failed.
  const abort = new AbortController()
  const stop = studio.connection.subscribe((state) => {
    if (state.generation !== generation || state.status === 'down') abort.abort()
  })
  let hasEnded = false
  try {
    for await (const event of await followed.open(abort.signal)) {
      if (!followed.isShown()) return 'over'
      hasEnded ||= event.type === 'end'
      waiting.push(event)
      if (!isScheduled) {
        isScheduled = true
        onNextFrame(flush)
      }
    }
    // A job that was stopped early may file nothing, and its stream ends without an end.
    return hasEnded || !abort.signal.aborted ? 'over' : 'lost'
  } catch (error) {
    if (failureOf(error).code === 'JOB_STATE') return 'queued'
    if (abort.signal.aborted || isLostConnection(error)) return 'lost'
    studio.report(followed.doing, error)
    return 'failed'
  } finally {
    stop()
    flush()
  }
}

/** When the queue has come to the job. */
function begun({ jobs }: Studio, jobId: JobId): Promise<void> {
  return new Promise((resolve) => {
    const hasBegun = () => (jobs.getState().jobs[jobId]?.status ?? 'queued') !== 'queued'
    if (hasBegun()) {
      resolve()
      return
    }
    const stop = jobs.subscribe(() => {
      if (!hasBegun()) return
      stop()
      resolve()
    })
  })
}

/** Waits for a connection newer than the given one. @returns false where there will be none */
function connectedAnew({ connection }: Studio, generation: number): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = () => {
      const state = connection.getState()
      if (state.status === 'down') return false
      return state.status === 'open' && state.generation !== generation ? true : null
    }
    const already = answer()
    if (already !== null) {
      resolve(already)
      return
    }
    const stop = connection.subscribe(() => {
      const now = answer()
      if (now === null) return
      stop()
      resolve(now)
    })
  })
}
