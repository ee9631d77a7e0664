import { isJobOf, type Job } from '../../../contract/jobs'
import type { DetectFeature } from './feature'
import { showFirst } from './run-actions'

const refreshMilliseconds = 700

/** Brings new pictures of the run that is shown into the strip as they are done, and its last figures when it is over. */
export function followRun(feature: DetectFeature): () => void {
  const { studio, list } = feature
  let timer: ReturnType<typeof setTimeout> | null = null

  async function refresh(): Promise<void> {
    await list.refresh()
    await showFirst(feature)
  }

  function refreshSoon(): void {
    timer ??= setTimeout(() => {
      timer = null
      void refresh()
    }, refreshMilliseconds)
  }

  const stop = studio.jobs.subscribe((state, old) => {
    const { run } = list.store.getState()
    if (run === null || run.jobId === null) return
    const job = ofRun(state.jobs, run.id)
    const before = ofRun(old.jobs, run.id)
    if (job !== undefined && before?.status !== job.status) void refresh()
    else if (state.progress[run.jobId] !== old.progress[run.jobId]) refreshSoon()
  })
  return () => {
    stop()
    if (timer !== null) clearTimeout(timer)
  }
}

/** The newest job that fills a run: one that was resumed has several. */
function ofRun(jobs: Readonly<Record<string, Job>>, runId: string): Job | undefined {
  return Object.values(jobs)
    .filter((job) => isJobOf('detection', job) && job.request.request.runId === runId)
    .sort((a, b) => b.createdAt - a.createdAt)[0]
}
