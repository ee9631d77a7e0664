import type { StudioClient } from '../../contract/client'
import { StudioError } from '../../contract/errors'
import { generateRequestSchema, type Frame, type ImageRecord } from '../../contract/images'
import { isJobOf, type Job, type JobEvent, type JobOf, type Progress } from '../../contract/jobs'
import { settingsSchema, type Settings } from '../../contract/settings'
import { fakeDevices, fakeMemory, fakeSchedule } from './fake-answers'
import { brokenModel, fakeAssetId, fakeImage, fakeJob, fakeModel } from './fake-data'

export interface FakeOptions {
  readonly images?: number
  /** Seconds a step; 0 finishes a job at once. */
  readonly secondsPerStep?: number
}

/** A studio core in memory, with the contract's behaviour as far as the page can tell. */
export interface FakeCore {
  readonly client: StudioClient
  readonly images: ImageRecord[]
  readonly jobs: Map<string, Job>
  emit(event: JobEvent): void
  /** Calls that reached the core, in order. */
  readonly calls: string[]
  /** Lets a procedure answer in another way from now on; `call` is what it would do. */
  answer(name: string, instead: (call: () => unknown) => unknown): void
}

export function createFakeCore({ images: imageCount = 0, secondsPerStep = 0.25 }: FakeOptions = {}): FakeCore {
  const images = Array.from({ length: imageCount }, (_, index) => fakeImage(imageCount - index))
  const jobs = new Map<string, Job>()
  const listeners = new Set<(event: JobEvent) => void>()
  const calls: string[] = []
  const answers = new Map<string, (call: () => unknown) => unknown>()
  let settings: Settings = settingsSchema.parse({})
  let isPaused = false
  let nextId = 1

  function emit(event: JobEvent): void {
    if (event.type === 'job') jobs.set(event.job.id, event.job)
    for (const listener of listeners) listener(event)
  }

  function change(id: string, patch: Partial<Job>): Job {
    const job = { ...jobOf(id), ...patch }
    emit({ type: 'job', job })
    return job
  }

  function jobOf(id: string): Job {
    const job = jobs.get(id)
    if (job === undefined) throw new StudioError('JOB_NOT_FOUND', 'That job is not there any more')
    return job
  }

  function imageOf(id: string): ImageRecord {
    const image = images.find((one) => one.id === id)
    if (image === undefined) throw new StudioError('IMAGE_NOT_FOUND', 'That picture is not there any more')
    return image
  }

  function patchImages(ids: readonly string[], patch: Partial<ImageRecord>): ImageRecord[] {
    return ids.map((id) => Object.assign(imageOf(id), patch))
  }

  async function runNext(): Promise<void> {
    const all = [...jobs.values()]
    if (isPaused || all.some(({ status }) => status === 'running')) return
    const next = all.filter(({ status }) => status === 'queued').sort((a, b) => a.position - b.position)[0]
    if (next === undefined) return
    if (isJobOf('image', next)) await run(next)
    else change(next.id, { status: 'done', finishedAt: Date.now() })
    void runNext()
  }

  async function run(job: JobOf<'image'>): Promise<void> {
    const { request } = job.request
    change(job.id, { status: 'running', startedAt: Date.now() })
    const made: ImageRecord[] = []
    for (let item = 0; item < request.count && jobOf(job.id).status === 'running'; item += 1) {
      const frames: Frame[] = []
      for (const stage of ['load', 'encode'] as const) {
        report(
          job,
          progressOf(job, { stage, label: stage === 'load' ? 'Reading weights' : 'Reading the prompt', item }),
        )
        await pause(secondsPerStep * 2)
      }
      for (let step = 0; step <= request.steps; step += 1) {
        if (jobOf(job.id).status !== 'running') break
        const frame = { step, sigma: 1 - step / request.steps, assetId: fakeAssetId(9000 + nextId * 100 + step) }
        frames.push(frame)
        emit({ type: 'frame', jobId: job.id, item, frame })
        report(job, progressOf(job, { stage: 'denoise', label: 'Denoising', item, step, sigma: frame.sigma }))
        await pause(secondsPerStep)
      }
      const number = 5000 + nextId++
      const stepsDone = frames.at(-1)?.step ?? 0
      const image = fakeImage(number, {
        jobId: job.id,
        createdAt: Date.now(),
        width: request.width,
        height: request.height,
        settings: { ...request, seed: request.seed + item, count: 1 },
        frames,
        stepsDone,
        partial: stepsDone < request.steps,
      })
      made.push(image)
      images.unshift(image)
      change(job.id, { imageIds: made.map(({ id }) => id) })
    }
    if (jobOf(job.id).status === 'running') change(job.id, { status: 'done', finishedAt: Date.now() })
  }

  function report(job: Job, progress: Progress): void {
    emit({ type: 'progress', jobId: job.id, progress })
  }

  function progressOf(job: JobOf<'image'>, patch: Partial<Progress>): Progress {
    const { request } = job.request
    const step = patch.step ?? 0
    const done = ((patch.item ?? 0) + step / request.steps) / request.count
    return {
      stage: 'denoise',
      label: '',
      item: 0,
      items: request.count,
      step,
      steps: request.steps,
      sigma: null,
      secondsPerStep: step > 0 ? secondsPerStep : null,
      fraction: Math.min(1, done),
      eta: step > 1 ? { low: (1 - done) * request.steps * 0.25, high: (1 - done) * request.steps * 0.32 } : null,
      ...patch,
    }
  }

  const client = record(calls, answers, {
    studio: {
      info: async () => ({
        name: 'Atelier' as const,
        version: '0.0.0',
        protocol: 1,
        platform: 'linux',
        dataFolder: '/data',
      }),
    },
    devices: {
      status: async () => fakeDevices,
      memory: async () => fakeMemory,
      release: async () => ({ ...fakeMemory, models: [] }),
    },
    models: {
      list: async () => [fakeModel, brokenModel],
      addFolder: async () => [fakeModel, brokenModel],
      removeFolder: async () => [fakeModel],
    },
    assets: {
      upload: async () => ({ assetId: fakeAssetId(777), width: 128, height: 128, mediaType: 'image/png' }),
    },
    images: {
      generate: async (input: { first?: boolean | undefined }) => {
        const request = generateRequestSchema.parse(input)
        const job = fakeJob(nextId++, {
          request: { kind: 'image', request },
          createdAt: Date.now(),
          title: request.prompt,
        })
        emit({ type: 'job', job: { ...job, position: input.first === true ? -nextId : nextId } })
        void runNext()
        return job
      },
      list: async (input: { search?: string; starred?: boolean; limit?: number; cursor?: string }) => {
        const from = Number(input.cursor ?? 0)
        const to = from + (input.limit ?? 100)
        const found = images
          .filter(({ deletedAt }) => deletedAt === null)
          .filter((image) => image.settings.prompt.includes(input.search ?? ''))
          .filter((image) => input.starred !== true || image.starred)
        return { images: found.slice(from, to), total: found.length, nextCursor: to < found.length ? String(to) : null }
      },
      get: async ({ imageId }: { imageId: string }) => imageOf(imageId),
      star: async ({ imageId, starred }: { imageId: string; starred: boolean }) =>
        patchImages([imageId], { starred })[0],
      remove: async ({ imageIds }: { imageIds: string[] }) => patchImages(imageIds, { deletedAt: Date.now() }),
      restore: async ({ imageIds }: { imageIds: string[] }) => patchImages(imageIds, { deletedAt: null }),
      countTokens: async ({ prompt }: { prompt: string }) => {
        const count = prompt.trim() === '' ? 2 : prompt.trim().split(/\s+/).length + 2
        return fakeModel.image!.encoders.map(({ name, maxTokens }) => ({
          encoder: name,
          count,
          maxTokens,
          cutAt: count > maxTokens ? Math.floor((prompt.length * maxTokens) / count) : null,
        }))
      },
      schedule: async (ask: { steps: number; shift: number }) => fakeSchedule(ask),
      readSettings: async () => ({ settings: null, source: null, text: null }),
    },
    jobs: {
      list: async () => [...jobs.values()],
      get: async ({ jobId }: { jobId: string }) => jobOf(jobId),
      watch: async (_input: undefined, options?: { signal?: AbortSignal }) => watch(options?.signal),
      cancel: async ({ jobId }: { jobId: string }) => change(jobId, { status: 'cancelled', finishedAt: Date.now() }),
      reorder: async ({ jobIds }: { jobIds: string[] }) =>
        jobIds.map((id, index) => change(id, { position: index + 1 })),
      pause: async ({ paused }: { paused: boolean }) => {
        isPaused = paused
        emit({ type: 'queue', queue: { paused } })
        void runNext()
        return { paused }
      },
      retry: async ({ jobId }: { jobId: string }) => {
        const job: Job = {
          ...fakeJob(nextId++, { createdAt: Date.now() }),
          request: jobOf(jobId).request,
          title: jobOf(jobId).title,
        }
        emit({ type: 'job', job })
        void runNext()
        return job
      },
      clear: async () => {
        for (const job of [...jobs.values()]) {
          if (job.status === 'queued' || job.status === 'running') continue
          jobs.delete(job.id)
          emit({ type: 'removed', jobId: job.id })
        }
        return [...jobs.values()]
      },
    },
    settings: {
      get: async () => settings,
      set: async (patch: Partial<Settings>) => (settings = { ...settings, ...patch }),
    },
  }) as unknown as StudioClient

  async function* watch(signal?: AbortSignal): AsyncGenerator<JobEvent> {
    const waiting: JobEvent[] = [{ type: 'snapshot', jobs: [...jobs.values()], queue: { paused: isPaused } }]
    let wake: (() => void) | null = null
    const listener = (event: JobEvent) => {
      waiting.push(event)
      wake?.()
    }
    listeners.add(listener)
    signal?.addEventListener('abort', () => wake?.())
    try {
      while (!signal?.aborted) {
        const event = waiting.shift()
        if (event) yield event
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      listeners.delete(listener)
    }
  }

  return { client, images, jobs, emit, calls, answer: (name, instead) => answers.set(name, instead) }
}

type Procedures = Record<string, Record<string, (...args: never[]) => unknown>>

function record(
  calls: string[],
  answers: ReadonlyMap<string, (call: () => unknown) => unknown>,
  procedures: Procedures,
): Procedures {
  const wrapped: Procedures = {}
  for (const [group, members] of Object.entries(procedures)) {
    wrapped[group] = {}
    for (const [name, call] of Object.entries(members)) {
      wrapped[group][name] = (...args) => {
        const path = `${group}.${name}`
        calls.push(path)
        const instead = answers.get(path)
        return instead ? instead(() => call(...args)) : call(...args)
      }
    }
  }
  return wrapped
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000))
}
