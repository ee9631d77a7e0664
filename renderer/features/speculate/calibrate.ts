import type { JobId } from '../../../contract/ids'
import type { Job } from '../../../contract/jobs'
import type { Studio } from '../../studio/studio'
import { showToast } from '../../ui/toaster'
import { currentModel } from './actions'
import type { SpeculateFeature } from './feature'

/** What was measured on this machine for the chosen model, where it was. */
export async function loadCalibration(feature: SpeculateFeature): Promise<void> {
  const { bench, studio } = feature
  const asked = target(feature)
  if (asked === null) return
  try {
    bench.setState({ calibration: await studio.client.speculation.calibration(asked) })
  } catch (error) {
    studio.report('Reading the calibration', error)
  }
}

/** Measures what drafting and verification cost here, and takes the result. */
export async function calibrate(feature: SpeculateFeature): Promise<void> {
  const { bench, studio } = feature
  const asked = target(feature)
  if (asked === null || bench.getState().isCalibrating) return
  bench.setState({ isCalibrating: true })
  try {
    const job = await studio.client.speculation.calibrate(asked)
    const over = await jobOver(studio, job.id)
    if (over.failure !== null) showToast({ tone: 'fail', text: over.failure.message })
    await loadCalibration(feature)
  } catch (error) {
    showToast({ tone: 'fail', text: studio.report('Calibrating', error).message })
  } finally {
    bench.setState({ isCalibrating: false })
  }
}

function target(feature: SpeculateFeature) {
  const model = currentModel(feature)
  const { precision } = feature.form.getState()
  return model === null ? null : { modelId: model.id, ...(precision === null ? {} : { precision }) }
}

function jobOver({ jobs }: Studio, jobId: JobId): Promise<Job> {
  return new Promise((resolve) => {
    const settled = () => {
      const job = jobs.getState().jobs[jobId]
      return job !== undefined && job.status !== 'queued' && job.status !== 'running' ? job : null
    }
    const already = settled()
    if (already !== null) {
      resolve(already)
      return
    }
    const stop = jobs.subscribe(() => {
      const job = settled()
      if (job === null) return
      stop()
      resolve(job)
    })
  })
}
