import type { Frame } from '../../contract/images'
import type { Job, JobEvent, JobStage, Progress, Queue } from '../../contract/jobs'

/** Latent pictures of the picture in hand. */
export interface LiveRun {
  readonly item: number
  readonly frames: readonly Frame[]
}

/** How long a running job has spent in each stage, as seen from here. */
export interface StageClock {
  readonly stage: JobStage
  readonly since: number
  readonly spent: Partial<Record<JobStage, number>>
}

export interface JobsState {
  readonly isLoaded: boolean
  readonly queue: Queue
  readonly jobs: Readonly<Record<string, Job>>
  /** Apart from the jobs, so that a step does not redraw every list of jobs. */
  readonly progress: Readonly<Record<string, Progress>>
  readonly live: Readonly<Record<string, LiveRun>>
  readonly clocks: Readonly<Record<string, StageClock>>
}

export const initialJobsState: JobsState = {
  isLoaded: false,
  queue: { paused: false },
  jobs: {},
  progress: {},
  live: {},
  clocks: {},
}

/** The state after some events, in one go: a burst of steps costs one notification. */
export function applyJobEvents(state: JobsState, events: readonly JobEvent[], now: number): JobsState {
  let next = state
  for (const event of events) next = applyOne(next, event, now)
  return next
}

function applyOne(state: JobsState, event: JobEvent, now: number): JobsState {
  switch (event.type) {
    case 'snapshot':
      return fromSnapshot(state, event.jobs, event.queue, now)
    case 'job':
      return withJob(state, event.job, now)
    case 'progress':
      return withProgress(state, event.jobId, event.progress, now)
    case 'frame':
      return {
        ...state,
        live: { ...state.live, [event.jobId]: addFrame(state.live[event.jobId], event.item, event.frame) },
      }
    case 'removed':
      return {
        ...state,
        jobs: without(state.jobs, event.jobId),
        progress: without(state.progress, event.jobId),
        live: without(state.live, event.jobId),
        clocks: without(state.clocks, event.jobId),
      }
    case 'queue':
      return { ...state, queue: event.queue }
  }
}

function fromSnapshot(old: JobsState, jobs: readonly Job[], queue: Queue, now: number): JobsState {
  const empty: JobsState = { ...initialJobsState, isLoaded: true, queue, clocks: old.clocks }
  return jobs.reduce((state, job) => withJob(state, job, now), empty)
}

function withJob(state: JobsState, job: Job, now: number): JobsState {
  const jobs = { ...state.jobs, [job.id]: job }
  if (job.status !== 'running') {
    return job.id in state.clocks || job.id in state.progress
      ? { ...state, jobs, clocks: without(state.clocks, job.id), progress: without(state.progress, job.id) }
      : { ...state, jobs }
  }
  const seen = { ...state, jobs }
  const item = job.progress?.item ?? 0
  const live =
    job.frames.length > (state.live[job.id]?.frames.length ?? 0)
      ? { ...state.live, [job.id]: { item, frames: job.frames } }
      : state.live
  return job.progress === null ? { ...seen, live } : withProgress({ ...seen, live }, job.id, job.progress, now)
}

function withProgress(state: JobsState, jobId: string, progress: Progress, now: number): JobsState {
  const clock = state.clocks[jobId]
  return {
    ...state,
    progress: { ...state.progress, [jobId]: progress },
    clocks:
      clock?.stage === progress.stage ? state.clocks : { ...state.clocks, [jobId]: turn(clock, progress.stage, now) },
  }
}

function turn(clock: StageClock | undefined, stage: JobStage, now: number): StageClock {
  return { stage, since: now, spent: clock === undefined ? {} : spentSoFar(clock, now) }
}

/** Milliseconds by stage, the one in hand included. */
export function spentSoFar(clock: StageClock, now: number): Partial<Record<JobStage, number>> {
  return { ...clock.spent, [clock.stage]: (clock.spent[clock.stage] ?? 0) + Math.max(0, now - clock.since) }
}

function addFrame(run: LiveRun | undefined, item: number, frame: Frame): LiveRun {
  if (run === undefined || run.item !== item) return { item, frames: [frame] }
  const kept = run.frames.filter((old) => old.step < frame.step)
  return { item, frames: [...kept, frame] }
}

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Readonly<Record<string, Value>> {
  if (!(key in record)) return record
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))
}

/** The job that runs now. */
export function runningJob(state: JobsState): Job | null {
  return Object.values(state.jobs).find((job) => job.status === 'running') ?? null
}

/** Waiting jobs, the next one first. */
export function queuedJobs(state: JobsState): Job[] {
  return Object.values(state.jobs)
    .filter((job) => job.status === 'queued')
    .sort((a, b) => a.position - b.position || a.createdAt - b.createdAt)
}

/** Jobs that are over, the newest first. */
export function finishedJobs(state: JobsState): Job[] {
  return Object.values(state.jobs)
    .filter((job) => job.status !== 'queued' && job.status !== 'running')
    .sort((a, b) => (b.finishedAt ?? b.createdAt) - (a.finishedAt ?? a.createdAt))
}
