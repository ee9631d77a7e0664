import type { JobId } from '../../../contract/ids'
import type { Job } from '../../../contract/jobs'
import { jobAtEnd } from '../../studio/follow-job'
import type { Studio } from '../../studio/studio'
import { announce } from '../../ui/live-region'
import { showToast } from '../../ui/toaster'
import type { InspectorFeature } from './feature'
import { openFileOf } from './file-store'
import { formatTime } from './model/figures'

/** Runs the open file with the runtime's profiler, at the sizes in the fields. */
export async function measureFile(feature: InspectorFeature): Promise<void> {
  const { studio, measure, sizes } = feature
  const file = openFileOf(feature.file.getState())
  if (file === null || measure.getState().jobId !== null) return
  const missing = sizes.getState().counts?.missing ?? []
  if (missing.length > 0) {
    askForSize(missing[0]!)
    return
  }
  try {
    const job = await studio.client.inspection.measure({
      measure: 'profile',
      source: file.inspection.source,
      sizes: { ...sizes.getState().sizes },
    })
    measure.setState({ jobId: job.id, failure: null })
    const end = await whenOver(studio, job.id)
    if (openFileOf(feature.file.getState()) !== file) return
    measure.setState({ jobId: null, failure: end?.status === 'failed' ? end.failure : null })
    await loadMeasures(feature)
    const { profile } = measure.getState()
    if (end?.status !== 'done' || profile === null) return
    feature.view.setState({ metric: 'time' })
    announce(`Measured: ${formatTime(profile.total.median)} a run`)
  } catch (error) {
    measure.setState({ jobId: null, failure: studio.report('Measuring', error) })
  }
}

function askForSize(name: string): void {
  showToast({ tone: 'warn', text: `Give “${name}” a size first.`, detail: 'Its field stands under the tree.' })
  document.querySelector<HTMLElement>(`[data-size="${CSS.escape(name)}"]`)?.focus()
}

/** What is known of the open file from earlier measurements, on this machine. */
export async function loadMeasures({ studio, file, measure }: InspectorFeature): Promise<void> {
  const opened = openFileOf(file.getState())
  try {
    const roofline = await studio.client.inspection.roofline()
    measure.setState({ roofline })
    if (opened === null || opened.inspection.nodes.length === 0) return
    const profile = await studio.client.inspection.profile({ source: opened.inspection.source })
    if (openFileOf(file.getState()) === opened) measure.setState({ profile })
  } catch (error) {
    studio.report('Reading earlier measurements', error)
  }
}

/** Measures what this machine can do at most, for the roofline. */
export async function measureRoofline({ studio, measure }: InspectorFeature): Promise<void> {
  if (measure.getState().jobId !== null) return
  try {
    const job = await studio.client.inspection.measure({ measure: 'roofline' })
    measure.setState({ jobId: job.id, failure: null })
    const end = await whenOver(studio, job.id)
    const roofline = await studio.client.inspection.roofline()
    measure.setState({ jobId: null, roofline, failure: end?.status === 'failed' ? end.failure : null })
  } catch (error) {
    measure.setState({ jobId: null, failure: studio.report('Measuring the machine', error) })
  }
}

export async function stopMeasuring({ studio }: InspectorFeature, jobId: JobId): Promise<void> {
  try {
    await studio.client.jobs.cancel({ jobId })
  } catch (error) {
    showToast({ tone: 'fail', text: studio.report('Stopping the measurement', error).message })
  }
}

/** The job once it is over; undefined where the core has forgotten it. */
export async function whenOver(studio: Studio, jobId: JobId): Promise<Job | undefined> {
  const { jobs } = studio
  const isOver = () => {
    const status = jobs.getState().jobs[jobId]?.status
    return status !== undefined && status !== 'queued' && status !== 'running'
  }
  if (!isOver()) {
    await new Promise<void>((resolve) => {
      const stop = jobs.subscribe(() => {
        if (!isOver()) return
        stop()
        resolve()
      })
    })
  }
  return jobAtEnd(studio, jobId)
}
