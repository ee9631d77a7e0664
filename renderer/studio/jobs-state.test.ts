import { describe, expect, it } from 'vitest'
import type { Frame, Stage } from '../../contract/images'
import type { JobEvent, Progress } from '../../contract/jobs'
import { fakeAssetId, fakeJob } from '../testing/fake-data'
import { applyJobEvents, finishedJobs, initialJobsState, queuedJobs, runningJob, spentSoFar } from './jobs-state'

const job = fakeJob(1, { status: 'running', startedAt: 0 })

function progress(step: number, stage: Stage = 'denoise'): Progress {
  return {
    stage,
    label: stage,
    item: 0,
    items: 1,
    step,
    steps: 20,
    sigma: 0.5,
    secondsPerStep: 1,
    fraction: step / 20,
    eta: null,
  }
}

function frame(step: number): Frame {
  return { step, sigma: 1 - step / 20, assetId: fakeAssetId(step) }
}

function play(...events: JobEvent[]) {
  return applyJobEvents(initialJobsState, events, 1000)
}

const snapshot: JobEvent = { type: 'snapshot', jobs: [job], queue: { paused: false } }

describe('the mirror of the queue', () => {
  it('takes everything from a snapshot and forgets what was there', () => {
    const old = play({ type: 'job', job: fakeJob(9) })
    const state = applyJobEvents(old, [snapshot], 0)
    expect(Object.keys(state.jobs)).toEqual([job.id])
    expect(state.isLoaded).toBe(true)
  })

  it('keeps progress apart, so that a step leaves the jobs as they are', () => {
    const before = play(snapshot)
    const after = applyJobEvents(before, [{ type: 'progress', jobId: job.id, progress: progress(3) }], 1100)
    expect(after.jobs).toBe(before.jobs)
    expect(after.progress[job.id]?.step).toBe(3)
  })

  it('gathers frames by picture and starts anew with the next', () => {
    const frames = [0, 1, 2].map((step): JobEvent => ({ type: 'frame', jobId: job.id, item: 0, frame: frame(step) }))
    expect(play(snapshot, ...frames).live[job.id]?.frames.map(({ step }) => step)).toEqual([0, 1, 2])
    const next = play(snapshot, ...frames, { type: 'frame', jobId: job.id, item: 1, frame: frame(0) })
    expect(next.live[job.id]).toEqual({ item: 1, frames: [frame(0)] })
  })

  it('measures the time in each stage', () => {
    let state = applyJobEvents(initialJobsState, [snapshot], 0)
    const at = (now: number, stage: Stage) => {
      state = applyJobEvents(state, [{ type: 'progress', jobId: job.id, progress: progress(0, stage) }], now)
    }
    at(100, 'load')
    at(600, 'encode')
    at(700, 'denoise')
    at(900, 'denoise')
    const clock = state.clocks[job.id]
    expect(clock && spentSoFar(clock, 1700)).toEqual({ load: 500, encode: 100, denoise: 1000 })
  })

  it('drops the progress of a job that is over', () => {
    const state = play(
      snapshot,
      { type: 'progress', jobId: job.id, progress: progress(20) },
      { type: 'job', job: { ...job, status: 'done', finishedAt: 5 } },
    )
    expect(state.progress).toEqual({})
    expect(runningJob(state)).toBeNull()
    expect(finishedJobs(state)).toHaveLength(1)
  })

  it('orders what waits by its place', () => {
    const state = play(
      { type: 'job', job: fakeJob(3) },
      { type: 'job', job: fakeJob(1) },
      { type: 'job', job: fakeJob(2) },
    )
    expect(queuedJobs(state).map(({ id }) => id)).toEqual(['job-1', 'job-2', 'job-3'])
  })

  it('forgets a job that was taken off the list', () => {
    expect(play(snapshot, { type: 'removed', jobId: job.id }).jobs).toEqual({})
  })
})
