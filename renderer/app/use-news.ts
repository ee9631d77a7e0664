import { useEffect } from 'react'
import type { Job } from '../../contract/jobs'
import type { ImageFeature } from '../features/image/feature'
import { selectImage } from '../features/image/view-store'
import type { JobsState } from '../studio/jobs-state'
import type { Studio } from '../studio/studio'
import { formatMilliseconds, plural, shortTitle } from '../ui/format'
import { announce } from '../ui/live-region'
import { showToast } from '../ui/toaster'

/** Tells of what happened: finished and failed jobs, the progress for screen readers, the window's title, the engine. */
export function useNews(studio: Studio, image: ImageFeature): void {
  useEffect(() => {
    const stops = [
      studio.jobs.subscribe((state, old) => {
        if (!old.isLoaded) return
        if (state.jobs !== old.jobs) tellOfJobs(studio, image, state, old)
        if (state.progress !== old.progress) tellOfProgress(studio, state, old)
      }),
      studio.host.onEngineState((state) => {
        if (state.kind === 'restarting') {
          showToast({ tone: 'warn', text: 'The engine is being restarted', detail: state.reason })
        }
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [studio, image])
}

function tellOfJobs(studio: Studio, image: ImageFeature, state: JobsState, old: JobsState): void {
  for (const job of Object.values(state.jobs)) {
    const before = old.jobs[job.id]
    if (before === undefined || before.status === job.status) continue
    if (job.status === 'done') tellDone(studio, image, job)
    if (job.status === 'failed') {
      showToast({ tone: 'fail', text: job.failure?.message ?? 'The job failed', detail: shortTitle(job.title, 32) })
      studio.host.notify('A job failed', job.failure?.message ?? job.title)
    }
    if (job.status === 'cancelled' && before.status === 'running') {
      announce(job.imageIds.length > 0 ? 'Stopped. What was there is kept.' : 'Stopped.')
    }
  }
  if (Object.keys(state.jobs).length > 0) studio.host.setTitle(titleOf(state))
}

function tellDone(studio: Studio, image: ImageFeature, job: Job): void {
  const took =
    job.startedAt !== null && job.finishedAt !== null ? formatMilliseconds(job.finishedAt - job.startedAt) : ''
  const text = job.request.kind === 'image' ? `${plural(job.imageIds.length, 'image')} done` : `${job.title}: done`
  studio.host.notify(text, `${shortTitle(job.title)}, ${took}`)
  // An answer is read out where it is written.
  if (job.request.kind === 'chat') return
  const { selection } = image.view.getState()
  const isWatched =
    selection?.kind === 'job'
      ? selection.jobId === job.id
      : selection !== null && job.imageIds.includes(selection.imageId)
  const newest = job.imageIds.at(-1)
  if (isWatched || newest === undefined) announce(`${text}, ${took}`)
  else {
    showToast({ tone: 'ok', text, detail: took, action: { label: 'Show', run: () => selectImage(image.view, newest) } })
  }
}

/** A quarter at a time: every step would be a torrent of words. */
function tellOfProgress(studio: Studio, state: JobsState, old: JobsState): void {
  for (const [id, progress] of Object.entries(state.progress)) {
    const before = old.progress[id]
    if (before === undefined || before === progress) continue
    if (Math.floor(progress.fraction * 4) > Math.floor(before.fraction * 4) && progress.fraction < 1) {
      announce(`${Math.floor(progress.fraction * 100)} percent`)
    }
    if (Math.floor(progress.fraction * 100) !== Math.floor(before.fraction * 100)) studio.host.setTitle(titleOf(state))
  }
}

function titleOf(state: JobsState): string {
  const running = Object.values(state.jobs).find(({ status }) => status === 'running')
  if (running === undefined) return 'Atelier'
  const fraction = state.progress[running.id]?.fraction ?? 0
  return `${Math.floor(fraction * 100)}% · Atelier`
}
