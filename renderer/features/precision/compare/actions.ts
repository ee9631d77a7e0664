import type { ComparisonId } from '../../../../contract/ids'
import { isJobOf } from '../../../../contract/jobs'
import type { Model } from '../../../../contract/models'
import { precisionRequestSchema, type Recipe } from '../../../../contract/precision'
import { runningJob } from '../../../studio/jobs-state'
import { showToast } from '../../../ui/toaster'
import type { PrecisionFeature } from '../feature'
import { filedComparison, startedComparison } from './comparison-store'
import { followComparison } from './follow-comparison'
import { chooseModel, fitForm, neededSamples, requestOf } from './form-store'

/** Models that have graphs to compare. */
export function comparableModels(models: readonly Model[]): readonly Model[] {
  return models.filter(({ family }) => family !== 'unknown')
}

/** The chosen model where it can be used. */
export function currentModel({ studio, form }: PrecisionFeature): Model | null {
  const chosen = studio.models.getState().models.find(({ id }) => id === form.getState().modelId)
  return chosen?.state.kind === 'ready' ? chosen : null
}

/** Whose work is seen at a glance comes first. */
const familyOrder: readonly Model['family'][] = ['sd3', 'causal-lm', 'detector', 'bagel', 'unknown']

/** A form without a usable model takes one that is ready: one that draws, where there is one. */
export function settleModel(feature: PrecisionFeature): void {
  if (currentModel(feature) !== null) return
  const all = comparableModels(feature.studio.models.getState().models)
  const models = all.filter(({ state }) => state.kind === 'ready')
  const rank = ({ family }: Model) => familyOrder.indexOf(family)
  const [ready] = [...models].sort((one, other) => rank(one) - rank(other))
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

/** Where looking at a comparison begins. */
const nothingChosen = { column: 1, layer: null, cursor: null, picture: 0, match: null } as const

/** Queues the form's comparison and follows it. What is missing is shown where it belongs. */
export async function startComparison(feature: PrecisionFeature): Promise<void> {
  const { studio, form, comparison, view } = feature
  const model = currentModel(feature)
  const { options, shown } = comparison.getState()
  if (shown?.isRunning === true || model === null || options === null) return
  try {
    const needed = neededSamples(form.getState(), model)
    const samples = {
      detection: needed.detection ? await studio.client.precision.detectionSample() : null,
      question: needed.question ? await studio.client.precision.questionSample() : null,
    }
    const request = requestOf(form.getState(), model, options.graphs[0]?.role ?? '', samples)
    const checked = precisionRequestSchema.safeParse(request)
    if (!checked.success) {
      comparison.setState({ isAttempted: true })
      document.querySelector<HTMLElement>('[data-field="precision-subject"]')?.focus()
      return
    }
    const job = await studio.client.precision.compare(checked.data)
    comparison.setState({
      shown: startedComparison(job.id, checked.data, model.name),
      failure: null,
      isAttempted: false,
    })
    view.setState({ ...nothingChosen })
    void followComparison(feature, job.id)
  } catch (error) {
    comparison.setState({ failure: studio.report('Starting the comparison', error) })
  }
}

/** Shows a comparison that runs already, such as one that was started before the page was loaded anew. */
export function pickUpRunning(feature: PrecisionFeature): void {
  const { studio, comparison } = feature
  if (comparison.getState().shown !== null) return
  const job = runningJob(studio.jobs.getState())
  if (!isJobOf('precision', job)) return
  const { request } = job.request
  const name = studio.models.getState().models.find(({ id }) => id === request.modelId)?.name ?? request.modelId
  comparison.setState({ shown: startedComparison(job.id, request, name), failure: null })
  void followComparison(feature, job.id)
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
    view.setState({ ...nothingChosen, isRunsOpen: false, page: 'compare' })
  } catch (error) {
    showToast({ tone: 'fail', text: studio.report('Opening the comparison', error).message })
  } finally {
    comparison.setState({ isOpening: false })
  }
}

/** A name that no precision of the compared model has yet: the wanted one, or with a number behind it. */
export function freeName({ studio, comparison }: PrecisionFeature, wanted: string): string {
  const modelId = comparison.getState().shown?.settings.modelId ?? ''
  const { models } = studio.models.getState()
  const model = models.find(({ id }) => id === modelId)
  const own = [model?.language, model?.chat, model?.detector].flatMap((facts) => facts?.precisions ?? [])
  const isTaken = (name: string): boolean => own.includes(name) || models.some(({ id }) => id === `${modelId}-${name}`)
  let name = wanted
  for (let count = 2; isTaken(name); count += 1) name = `${wanted}-${count}`
  return name
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
