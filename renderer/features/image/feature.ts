import { createContext, useContext } from 'react'
import type { ImageId, JobId } from '../../../contract/ids'
import { isJobOf, type Job, type JobOf } from '../../../contract/jobs'
import { runningJob } from '../../studio/jobs-state'
import { imageModels } from '../../studio/models-store'
import type { Studio } from '../../studio/studio'
import type { Readable } from './fields'
import { changeDraft, createFormStore, initialDraft, modelDefaults, type FormStore } from './form-store'
import { createGallery, type Gallery } from './gallery-store'
import { createPromptHistory, type PromptHistory } from './prompt-history'
import { createSchedules, type Schedules } from './schedules'
import { createViewStore, select, type ViewStore } from './view-store'

/** The Image panel's stores, which live on while another panel is open. */
export interface ImageFeature {
  readonly studio: Studio
  readonly form: FormStore
  readonly gallery: Gallery
  readonly history: PromptHistory
  readonly view: ViewStore
  readonly schedules: Schedules
  start(): () => void
}

export function createImageFeature(studio: Studio): ImageFeature {
  const feature: ImageFeature = {
    studio,
    form: createFormStore(),
    gallery: createGallery(studio.client, (doing, error) => studio.report(doing, error)),
    history: createPromptHistory(),
    view: createViewStore(),
    schedules: createSchedules(studio.client),
    start() {
      chooseModel(feature)
      const stops = [
        studio.models.subscribe(() => chooseModel(feature)),
        followConnection(feature),
        followJobs(feature),
      ]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
  return feature
}

/** A form without a usable model takes the first that is ready, with what it is at its best with. */
function chooseModel({ studio, form }: ImageFeature): void {
  const { isLoaded } = studio.models.getState()
  if (!isLoaded) return
  const models = imageModels(studio.models.getState())
  const { modelId } = form.getState().draft
  if (models.some(({ id }) => id === modelId)) return
  const ready = models.find(({ state }) => state.kind === 'ready')
  if (ready === undefined) return
  const { draft } = form.getState()
  // A form that had a model, which is gone, starts over; one that never had any may have been filled in meanwhile.
  changeDraft(form, modelId === initialDraft.modelId ? untouched(draft, modelDefaults(ready)) : modelDefaults(ready))
}

function followConnection({ studio, gallery }: ImageFeature): () => void {
  if (studio.connection.getState().status === 'open') void gallery.reload()
  return studio.connection.subscribe((state, old) => {
    if (state.generation !== old.generation) void gallery.reload()
  })
}

/** What a model proposes, without the fields that were changed before the models were known. */
function untouched(draft: Readable, proposed: Readable): Readable {
  const entries = Object.entries(proposed).filter(([name]) => {
    const key = name as keyof Readable
    return draft[key] === (initialDraft as Readable)[key]
  })
  return Object.fromEntries(entries)
}

/** Brings new pictures into the gallery, and keeps the stage on the run in hand while it is being watched. */
function followJobs(feature: ImageFeature): () => void {
  const { studio, view } = feature
  return studio.jobs.subscribe((state, old) => {
    if (state.jobs === old.jobs) return
    const running = runningJob(state)
    const wasRunning = runningJob(old)
    if (isJobOf('image', running) && running.id !== wasRunning?.id && isFollowing(view, state.jobs, wasRunning)) {
      select(view, { kind: 'job', jobId: running.id })
    }
    if (!old.isLoaded) return
    for (const job of Object.values(state.jobs)) {
      const before = old.jobs[job.id]
      if (before === job) continue
      const made = job.imageIds.filter((id) => !before?.imageIds.includes(id))
      void takeMade(feature, job, made)
    }
  })
}

async function takeMade(feature: ImageFeature, job: Job, made: readonly ImageId[]): Promise<void> {
  try {
    if (made.length > 0) await feature.gallery.take(made)
    showOutcome(feature, job.id)
  } catch (error) {
    feature.studio.report('Reading a new picture', error)
  }
}

/** Goes on from a run that is over to the last picture that came of it, where the stage still shows the run. */
export function showOutcome({ studio, gallery, view }: ImageFeature, jobId: JobId): void {
  const { selection } = view.getState()
  const job = studio.jobs.getState().jobs[jobId]
  if (selection?.kind !== 'job' || selection.jobId !== jobId || job === undefined) return
  const newest = job.imageIds.at(-1)
  const isOver = job.status !== 'running' && job.status !== 'queued'
  if (isOver && newest !== undefined && newest in gallery.store.getState().records) {
    select(view, { kind: 'image', imageId: newest })
  }
}

/** Puts what a job draws, drew or failed at on the stage. */
export async function showJob(feature: ImageFeature, job: Job): Promise<void> {
  select(feature.view, { kind: 'job', jobId: job.id })
  await takeMade(feature, job, job.imageIds)
}

/** Whether the stage shows the run that has just ended, or nothing: then it goes on to the next. */
function isFollowing(view: ViewStore, jobs: Readonly<Record<string, Job>>, wasRunning: Job | null): boolean {
  const { selection } = view.getState()
  if (selection === null) return true
  if (selection.kind === 'job') return selection.jobId === wasRunning?.id || jobs[selection.jobId]?.status !== 'running'
  return wasRunning !== null && jobs[wasRunning.id]?.imageIds.includes(selection.imageId) === true
}

/** The job of the newest run that has something to show, whose pictures stand first. */
export function latestImageJob(jobs: Readonly<Record<string, Job>>): JobOf<'image'> | null {
  let latest: JobOf<'image'> | null = null
  for (const job of Object.values(jobs)) {
    if (!isJobOf('image', job) || job.startedAt === null) continue
    if (job.status !== 'running' && job.imageIds.length === 0) continue
    if (latest === null || job.startedAt > (latest.startedAt ?? 0)) latest = job
  }
  return latest
}

export const ImageContext = createContext<ImageFeature | null>(null)

export function useImageFeature(): ImageFeature {
  const feature = useContext(ImageContext)
  if (feature === null) throw new Error('The Image feature is missing above this component')
  return feature
}
