import type { JobId } from '../../contract/ids'
import { cancelAll, jobsToCome } from '../features/queue/cancel-all'
import { queuedJobs, runningJob } from '../studio/jobs-state'
import type { Studio } from '../studio/studio'
import { plural } from '../ui/format'
import { showToast, toastMilliseconds } from '../ui/toaster'

/**
 * What Esc does where nothing else takes it: the first stops the job in hand, and a second, while the toast that offers it
 * stands, cancels the waiting ones as well.
 */
export function createStopKey(studio: Studio, stopRunning: () => void): () => void {
  let stopped: { readonly id: JobId; readonly at: number } | null = null
  return () => {
    const state = studio.jobs.getState()
    const isSecond = stopped !== null && Date.now() - stopped.at < toastMilliseconds
    if (isSecond && jobsToCome(state, stopped?.id).length > 0) {
      void cancelAll(studio, stopped?.id)
      stopped = null
      return
    }
    const running = runningJob(state)
    if (running === null) return
    stopRunning()
    stopped = { id: running.id, at: Date.now() }
    const waiting = queuedJobs(state).length
    if (waiting === 0) return
    showToast({
      id: 'stop',
      text: 'Stopped.',
      detail: plural(waiting, 'job waits', 'jobs wait'),
      action: {
        label: waiting === 1 ? 'Cancel it' : 'Cancel them',
        keys: 'Escape',
        run: () => void cancelAll(studio, running.id),
      },
    })
  }
}
