import { useStore } from 'zustand'
import type { DetectionRun } from '../../../../contract/detection'
import type { Progress } from '../../../../contract/jobs'
import { useDetect } from '../context'

export interface RunState {
  readonly run: DetectionRun
  readonly isRunning: boolean
  readonly isWaiting: boolean
  readonly progress: Progress | null
}

/** Pictures of a run that it is through with, those included that could not be read. */
export function finishedOf({ done, failed }: DetectionRun): number {
  return done + failed
}

/** The run that is walked through, and whether its job is at it; null for single pictures. */
export function useRunState(): RunState | null {
  const { list, studio } = useDetect()
  const run = useStore(list.store, (state) => state.run)
  const status = useStore(studio.jobs, ({ jobs }) => (run?.jobId == null ? undefined : jobs[run.jobId]?.status))
  const progress = useStore(studio.jobs, (state) => (run?.jobId == null ? null : (state.progress[run.jobId] ?? null)))
  if (run === null) return null
  return { run, isRunning: status === 'running', isWaiting: status === 'queued', progress }
}
