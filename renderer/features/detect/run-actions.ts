import type { DetectionRun, DetectionSource } from '../../../contract/detection'
import type { DetectionRunId } from '../../../contract/ids'
import { isJobOf } from '../../../contract/jobs'
import { showToast } from '../../ui/toaster'
import { openDetection } from './actions'
import type { DetectFeature } from './feature'
import { rememberShown } from './last-shown'
import { currentModel } from './selectors'

/** Queues the pictures of a folder, or many that were given at once, and follows them in the strip. */
export async function runFolder(feature: DetectFeature, source: DetectionSource): Promise<void> {
  const { studio, form } = feature
  const model = currentModel(feature)
  if (model === null) {
    showToast({ tone: 'warn', text: 'No detector is there to look at pictures', detail: 'Add one in Settings.' })
    return
  }
  const precision = form.getState().precision ?? model.detector.defaultPrecision
  try {
    const job = await studio.client.detection.runFolder({
      modelId: model.id,
      precision,
      source,
    })
    if (isJobOf('detection', job)) await openRun(feature, job.request.request.runId)
    void feature.runs.reload()
  } catch (error) {
    const failure = studio.report('Running a folder', error)
    showToast({ tone: 'fail', text: failure.message, ...(failure.remedy ? { detail: failure.remedy } : {}) })
  }
}

/** Goes on with a run that was stopped: what is done stays, what failed is tried again. */
export async function resumeRun(feature: DetectFeature, run: DetectionRun): Promise<void> {
  try {
    await feature.studio.client.detection.continueRun({ runId: run.id })
    await feature.list.refresh()
  } catch (error) {
    const failure = feature.studio.report('Going on with a folder run', error)
    showToast({ tone: 'fail', text: failure.message, ...(failure.remedy ? { detail: failure.remedy } : {}) })
  }
}

export async function stopRun({ studio }: DetectFeature, run: DetectionRun): Promise<void> {
  if (run.jobId === null) return
  try {
    await studio.client.jobs.cancel({ jobId: run.jobId })
  } catch (error) {
    showToast({ tone: 'fail', text: studio.report('Stopping a folder run', error).message })
  }
}

/** Shows the pictures of a run in the strip, and the first of them on the stage. Null goes back to single pictures. */
export async function openRun(feature: DetectFeature, runId: DetectionRunId | null): Promise<void> {
  const { list, stage } = feature
  await list.open(runId)
  const { picture } = stage.getState()
  rememberShown({ detectionId: picture?.runId === runId ? (picture?.detectionId ?? null) : null, runId })
  await showFirst(feature)
}

/** A run that is walked through has one of its pictures on the stage. */
export async function showFirst(feature: DetectFeature): Promise<void> {
  const { list, stage } = feature
  const { run, pictures } = list.store.getState()
  const { picture, asked, isRunning } = stage.getState()
  const [first] = pictures
  if (first === undefined || isRunning || asked !== null) return
  if (picture === null || picture.runId !== (run?.id ?? null)) await openDetection(feature, first)
}

export function removeRun(feature: DetectFeature, run: DetectionRun): void {
  const { runs, list, studio } = feature
  const putBack = runs.remove(run.id)
  if (list.store.getState().run?.id === run.id) void openRun(feature, null)
  const entry = { what: `“${run.name}” taken off`, undo: putBack }
  studio.undo.push(entry)
  showToast({
    text: `“${run.name}” taken off`,
    detail: 'kept for 30 days',
    action: { label: 'Undo', keys: '$mod+z', run: () => studio.undo.undo(entry) },
  })
}
