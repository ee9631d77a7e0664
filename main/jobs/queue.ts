import { randomUUID } from 'node:crypto'
import { StudioError, toFailure, type Failure } from '../../contract/errors'
import {
  jobIdSchema,
  type DetectionRunId,
  type ComparisonId,
  type ImageId,
  type JobId,
  type RaceId,
} from '../../contract/ids'
import type { Frame } from '../../contract/images'
import type { Job, JobEvent, JobRequest, Progress, Queue } from '../../contract/jobs'
import { JobEventStream } from './event-stream'

/** Where jobs are kept so that they survive a restart. */
export interface JobStore {
  save(job: Job): void
  remove(jobId: JobId): void
  /** Jobs of earlier runs of the studio, in any order. */
  load(): Job[]
}

/** What a running job may do besides its work. */
export interface JobContext {
  readonly job: Job
  readonly signal: AbortSignal
  progress(progress: Progress): void
  frame(item: number, frame: Frame): void
  image(imageId: ImageId): void
  race(raceId: RaceId): void
  comparison(comparisonId: ComparisonId): void
  detectionRun(runId: DetectionRunId): void
  log(text: string): void
}

export type JobRunner = (context: JobContext) => Promise<void>

const longestLog = 500

function byPosition(a: Job, b: Job): number {
  return a.position - b.position
}

/**
 * Jobs, one at a time, in an order that people can change. Every change is written to the store before it is told,
 * so that what a client has seen is what is there after a restart.
 */
export class JobQueue {
  readonly #jobs = new Map<JobId, Job>()
  readonly #events = new JobEventStream()
  readonly #store: JobStore
  readonly #run: JobRunner
  #running: { job: Job; abort: AbortController; finished: Promise<void> } | null = null
  #queue: Queue = { paused: false }
  #closed = false

  constructor(store: JobStore, run: JobRunner) {
    this.#store = store
    this.#run = run
    for (const job of store.load()) this.#jobs.set(job.id, job)
    // Work that was left over from an earlier run waits for a person: it may be what brought the studio down.
    if (this.#waiting().length > 0) this.#queue = { paused: true }
  }

  list(): Job[] {
    return [...this.#jobs.values()].sort((a, b) => b.createdAt - a.createdAt)
  }

  /** @throws StudioError JOB_NOT_FOUND */
  get(jobId: JobId): Job {
    const job = this.#jobs.get(jobId)
    if (job === undefined) {
      throw new StudioError('JOB_NOT_FOUND', `There is no job ${jobId}`, {
        field: 'jobId',
        remedy: 'It may have been cleared from the list; its pictures are still in the gallery.',
      })
    }
    return job
  }

  get state(): Queue {
    return this.#queue
  }

  /** Everything once as a snapshot, then each change. */
  watch(signal?: AbortSignal): AsyncGenerator<JobEvent, void, void> {
    return this.#events.subscribe(() => ({ type: 'snapshot', jobs: this.list(), queue: this.#queue }), signal)
  }

  add(request: JobRequest, title: string, options: { first?: boolean } = {}): Job {
    const positions = this.#waiting().map((job) => job.position)
    const now = Date.now()
    const job: Job = {
      id: jobIdSchema.parse(randomUUID()),
      request,
      title,
      status: 'queued',
      createdAt: now,
      startedAt: null,
      finishedAt: null,
      position: options.first === true ? Math.min(now, ...positions) - 1 : Math.max(now, ...positions) + 1,
      progress: null,
      failure: null,
      imageIds: [],
      raceId: null,
      comparisonId: null,
      detectionRunId: null,
      frames: [],
      log: [],
    }
    this.#update(job)
    this.#next()
    return job
  }

  /** Stops a job, or takes it out of the queue. Cancelling what is over already changes nothing. */
  cancel(jobId: JobId): Job {
    const job = this.get(jobId)
    if (job.status === 'queued') return this.#update({ ...job, status: 'cancelled', finishedAt: Date.now() })
    if (this.#running?.job.id === jobId) this.#running.abort.abort()
    return this.get(jobId)
  }

  reorder(jobIds: readonly JobId[]): Job[] {
    const waiting = this.#waiting()
    const places = waiting.map((job) => job.position)
    const named = jobIds.map((id) => waiting.find((job) => job.id === id)).filter((job) => job !== undefined)
    const order = [...new Set([...named, ...waiting])]
    order.forEach((job, index) => {
      const position = places[index] ?? job.position
      if (position !== job.position) this.#update({ ...job, position })
    })
    return this.#waiting()
  }

  setPaused(paused: boolean): Queue {
    this.#queue = { paused }
    this.#events.publish({ type: 'queue', queue: this.#queue })
    this.#next()
    return this.#queue
  }

  retry(jobId: JobId): Job {
    const { request, title } = this.get(jobId)
    return this.add(request, title)
  }

  /** Takes finished jobs off the list. */
  clear(): Job[] {
    for (const job of this.#jobs.values()) {
      if (job.status === 'queued' || job.status === 'running') continue
      this.#store.remove(job.id)
      this.#jobs.delete(job.id)
      this.#events.publish({ type: 'removed', jobId: job.id })
    }
    return this.list()
  }

  /** Stops the job in hand and starts no more. Resolves once it has stopped. */
  async close(): Promise<void> {
    this.#closed = true
    this.#running?.abort.abort()
    await this.#running?.finished
  }

  #waiting(): Job[] {
    return [...this.#jobs.values()].filter((job) => job.status === 'queued').sort(byPosition)
  }

  #update(job: Job): Job {
    this.#jobs.set(job.id, job)
    this.#store.save(job)
    this.#events.publish({ type: 'job', job })
    return job
  }

  #next(): void {
    if (this.#running !== null || this.#queue.paused || this.#closed) return
    const job = this.#waiting()[0]
    if (job === undefined) return
    const abort = new AbortController()
    const started = this.#update({ ...job, status: 'running', startedAt: Date.now() })
    const finished = this.#execute(started, abort.signal).then(() => {
      this.#running = null
      this.#next()
    })
    this.#running = { job: started, abort, finished }
  }

  async #execute(started: Job, signal: AbortSignal): Promise<void> {
    const current = (): Job => this.#jobs.get(started.id) ?? started
    const change = (part: Partial<Job>): void => {
      this.#jobs.set(started.id, { ...current(), ...part })
    }
    let failure: Failure | null = null
    try {
      await this.#run({
        job: started,
        signal,
        progress: (progress) => {
          change({ progress })
          this.#events.publish({ type: 'progress', jobId: started.id, progress })
        },
        frame: (item, frame) => {
          const frames = frame.step === 0 ? [] : current().frames
          change({ frames: [...frames, frame] })
          this.#events.publish({ type: 'frame', jobId: started.id, item, frame })
        },
        image: (imageId) => this.#update({ ...current(), imageIds: [...current().imageIds, imageId] }),
        race: (raceId) => change({ raceId }),
        comparison: (comparisonId) => change({ comparisonId }),
        detectionRun: (detectionRunId) => this.#update({ ...current(), detectionRunId }),
        log: (text) => change({ log: [...current().log, { at: Date.now(), text }].slice(-longestLog) }),
      })
    } catch (error) {
      failure = toFailure(error)
    }
    const status = failure === null ? 'done' : failure.code === 'CANCELLED' || signal.aborted ? 'cancelled' : 'failed'
    this.#update({
      ...current(),
      status,
      failure: status === 'failed' ? failure : null,
      finishedAt: Date.now(),
      frames: [],
    })
  }
}
