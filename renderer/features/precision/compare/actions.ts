import type { ComparisonId } from '../../../../contract/ids'
import type { Model } from '../../../../contract/models'
import { precisionRequestSchema, type Recipe } from '../../../../contract/precision'
import { showToast } from '../../../ui/toaster'
import type { PrecisionFeature } from '../feature'
import { filedComparison, startedComparison } from './comparison-store'
import { followComparison } from './follow-comparison'
import { chooseModel, fitForm, requestOf } from './form-store'

/** Models that have graphs to compare. */
export function comparableModels(models: readonly Model[]): readonly Model[] {
  return models.filter(({ family }) => family !== 'unknown')
}

/** The chosen model where it can be used. */
export function currentModel({ studio, form }: PrecisionFeature): Model | null {
  const chosen = studio.models.getState().models.find(({ id }) => id === form.getState().modelId)
  return chosen?.state.kind === 'ready' ? chosen : null
}

/** A form without a usable model takes the first that is ready. */
export function settleModel(feature: PrecisionFeature): void {
  if (currentModel(feature) !== null) return
  const models = comparableModels(feature.studio.models.getState().models)
  const ready = models.find(({ state }) => state.kind === 'ready')
  if (ready !== undefined) chooseModel(feature.form, ready)
}

/** Asks what can be compared with the chosen model, and fits the form to it. */
export async function loadOptions(feature: PrecisionFeature): Promise<void> {
  const { studio, comparison, form } = feature
  const model = currentModel(feature)
  comparison.setState({ options: null })
  if (model === null) return
  try {
    const options = await studio.client.precision.options({ modelId: model.id })
    if (form.getState().modelId !== model.id) return
    comparison.setState({ options })
    fitForm(form, options)
  } catch (error) {
    comparison.setState({ failure: studio.report('Asking what can be compared', error) })
  }
}

/** Queues the form's comparison and follows it. What is missing is shown where it belongs. */
export async function startComparison(feature: PrecisionFeature): Promise<void> {
  const { studio, form, comparison, view } = feature
  const model = currentModel(feature)
  const { options, shown } = comparison.getState()
  if (shown?.isRunning === true || model === null || options === null) return
  const request = requestOf(form.getState(), options.graphs[0]?.role ?? '')
  const checked = precisionRequestSchema.safeParse(request)
  if (!checked.success) {
    comparison.setState({ isAttempted: true })
    document.querySelector<HTMLElement>('[data-field="precision-subject"]')?.focus()
    return
  }
  try {
    const job = await studio.client.precision.compare(checked.data)
    comparison.setState({
      shown: startedComparison(job.id, checked.data, model.name),
      failure: null,
      isAttempted: false,
    })
    view.setState({ column: 1, layer: null, cursor: null })
    void followComparison(feature, job.id)
  } catch (error) {
    comparison.setState({ failure: studio.report('Starting the comparison', error) })
  }
}

export async function stopComparison({ comparison, studio }: PrecisionFeature): Promise<void> {
  const jobId = comparison.getState().shown?.jobId
  if (jobId == null) return
  try {
    await studio.client.jobs.cancel({ jobId })
  } catch (error) {
    showToast({ tone: 'fail', text: studio.report('Stopping the comparison', error).message })
  }
}

/** Shows a comparison that was filed. Its model need not be there any more. */
export async function openComparison(feature: PrecisionFeature, comparisonId: ComparisonId): Promise<void> {
  const { studio, comparison, view } = feature
  comparison.setState({ isOpening: true })
  try {
    const record = await studio.client.precision.get({ comparisonId })
    comparison.setState({ shown: filedComparison(record), failure: null })
    view.setState({ column: 1, layer: null, cursor: null, isRunsOpen: false, page: 'compare' })
  } catch (error) {
    showToast({ tone: 'fail', text: studio.report('Opening the comparison', error).message })
  } finally {
    comparison.setState({ isOpening: false })
  }
}

/** Keeps a column as a precision of the model that every panel can choose. */
export async function saveVariant(feature: PrecisionFeature, recipe: Recipe, name: string): Promise<boolean> {
  const { studio, comparison } = feature
  const shown = comparison.getState().shown
  if (shown === null) return false
  try {
    const saved = await studio.client.precision.save({ modelId: shown.settings.modelId, recipe, name })
    await studio.models.getState().refresh()
    showToast({ tone: 'ok', text: `Saved as ${saved.name}`, detail: 'It is in the model lists of the other panels.' })
    return true
  } catch (error) {
    const { message, remedy } = studio.report('Saving the variant', error)
    showToast({ tone: 'fail', text: message, ...(remedy === undefined ? {} : { detail: remedy }) })
    return false
  }
}

/** Uploads the picture that detectors are compared on. */
export async function choosePicture(feature: PrecisionFeature, file: File): Promise<void> {
  const { studio, form } = feature
  try {
    const { assetId } = await studio.client.assets.upload({ file })
    form.setState({ picture: { assetId, name: file.name } })
  } catch (error) {
    const { message, remedy } = studio.report('Reading the picture', error)
    showToast({ tone: 'fail', text: message, ...(remedy === undefined ? {} : { detail: remedy }) })
  }
}
