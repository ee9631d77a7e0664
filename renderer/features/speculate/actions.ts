import type { Failure } from '../../../contract/errors'
import type { RaceId } from '../../../contract/ids'
import { isJobOf } from '../../../contract/jobs'
import type { Model } from '../../../contract/models'
import { raceRequestSchema, raceSchema, type Race } from '../../../contract/speculation'
import { runningJob } from '../../studio/jobs-state'
import { modelsSettled } from '../../studio/models-store'
import { showToast } from '../../ui/toaster'
import type { SpeculateFeature } from './feature'
import { chooseModel, rememberPrompt, removeStrategy, requestOf } from './form-store'
import { raceDuration } from './model/clock'
import { followRace } from './follow-race'
import { savedRace, startedRace } from './race-store'
import { fastestRun } from './selectors'

/** Queues the form's race and follows it. Answers once it is queued; what is wrong is shown where it belongs. */
export async function startRace(feature: SpeculateFeature): Promise<void> {
  const { studio, form, bench, race, view } = feature
  // A form that is sent off before the models are known waits for them.
  await modelsSettled(studio.models)
  settleModel(feature)
  const model = currentModel(feature)
  if (model === null) {
    bench.setState({ isAttempted: true })
    return
  }
  const request = requestOf(form.getState(), model)
  const checked = raceRequestSchema.safeParse(request)
  if (!checked.success) {
    bench.setState({ isAttempted: true })
    const issue = checked.error.issues[0]
    if (issue?.path[0] === 'prompt') document.querySelector<HTMLElement>('[data-field="race-prompt"]')?.focus()
    return
  }
  rememberPrompt(form, request.prompt)
  feature.playback.pause()
  try {
    const job = await studio.client.speculation.race(request)
    bench.setState({ failure: null, isAttempted: false })
    race.setState({ race: startedRace(job.id, checked.data, model.name, Date.now()) })
    view.setState({ run: 0, time: 0, isFollowing: true, mark: null, pinned: null, brush: null })
    void followRace(feature, job.id)
  } catch (error) {
    bench.setState({ failure: studio.report('Starting a race', error) })
  }
}

/** Shows a race that runs already, such as one that was started before the page was loaded anew; it takes an example's place alone. */
export function pickUpRunning(feature: SpeculateFeature): void {
  const { studio, race, view } = feature
  const shown = race.getState().race
  if (shown !== null && shown.recorded === null) return
  const job = runningJob(studio.jobs.getState())
  if (!isJobOf('race', job)) return
  const { request } = job.request
  const name = studio.models.getState().models.find(({ id }) => id === request.modelId)?.name ?? request.modelId
  race.setState({ race: startedRace(job.id, request, name, job.createdAt) })
  view.setState({ isFollowing: true })
  void followRace(feature, job.id)
}

export async function stopRace({ race, studio }: SpeculateFeature): Promise<void> {
  const jobId = race.getState().race?.jobId
  if (jobId == null) return
  try {
    await studio.client.jobs.cancel({ jobId })
  } catch (error) {
    showToast({ tone: 'fail', text: studio.report('Stopping the race', error).message })
  }
}

/** Puts a saved race on the bench. Its model need not be there. */
export async function openRace(feature: SpeculateFeature, raceId: RaceId): Promise<void> {
  const { bench, studio } = feature
  bench.setState({ isOpening: true })
  try {
    showRace(feature, await studio.client.speculation.get({ raceId }))
  } catch (error) {
    tell(studio.report('Opening a race', error))
  } finally {
    bench.setState({ isOpening: false })
  }
}

export function showRace({ race, view, bench, playback, form }: SpeculateFeature, record: Race): void {
  playback.pause()
  // What is being written is left alone; an empty field takes the prompt, to race it again.
  if (form.getState().prompt.trim() === '') form.setState({ prompt: record.settings.prompt })
  const shown = savedRace(record)
  race.setState({ race: shown })
  bench.setState({ failure: null })
  view.setState({
    run: fastestRun(shown),
    time: raceDuration(shown.runs),
    isFollowing: false,
    mark: null,
    pinned: null,
    brush: null,
    isRunsOpen: false,
  })
}

/** Files an exported race and shows it. What is plainly no race is refused here, before it is sent anywhere. */
export async function importRace(feature: SpeculateFeature, file: File): Promise<void> {
  const problem = await notARace(file)
  if (problem !== null) {
    showToast({ tone: 'fail', text: problem, detail: 'Choose a JSON file that was exported from this panel.' })
    return
  }
  try {
    const record = await feature.studio.client.speculation.import({ file })
    showRace(feature, record)
    void feature.runs.reload()
    showToast({ tone: 'ok', text: 'Race imported', detail: file.name })
  } catch (error) {
    tell(feature.studio.report('Importing a race', error))
  }
}

const marked = raceSchema.pick({ format: true }).required()

async function notARace(file: File): Promise<string | null> {
  let content: unknown
  try {
    content = JSON.parse(await file.text())
  } catch {
    return `${file.name} is not a saved race: it is not JSON.`
  }
  return marked.safeParse(content).success ? null : `${file.name} is JSON, but not a saved race.`
}

export function removeRace(feature: SpeculateFeature, raceId: RaceId): void {
  const { studio, runs } = feature
  const entry = { what: '1 race in the bin', undo: runs.remove(raceId) }
  studio.undo.push(entry)
  showToast({
    text: '1 race in the bin',
    detail: 'for 30 days',
    action: { label: 'Undo', keys: '$mod+z', run: () => studio.undo.undo(entry) },
  })
}

function tell({ message, remedy }: Failure): void {
  showToast({ tone: 'fail', text: message, ...(remedy === undefined ? {} : { detail: remedy }) })
}

export function languageModels(models: readonly Model[]): readonly Model[] {
  return models.filter(({ family, language }) => family === 'causal-lm' && language !== undefined)
}

/** The chosen model, or the first that is ready where none was chosen yet or the chosen one is gone. */
export function currentModel({ studio, form }: SpeculateFeature): Model | null {
  const models = languageModels(studio.models.getState().models)
  const chosen = models.find(({ id }) => id === form.getState().modelId)
  return chosen?.state.kind === 'ready' ? chosen : null
}

/** A form without a usable model takes the first that is ready. */
export function settleModel(feature: SpeculateFeature): void {
  if (currentModel(feature) !== null) return
  const ready = languageModels(feature.studio.models.getState().models).find(({ state }) => state.kind === 'ready')
  if (ready !== undefined) chooseModel(feature.form, ready)
}

export async function loadExamples({ bench, studio }: SpeculateFeature): Promise<void> {
  if (bench.getState().examples.length > 0) return
  try {
    bench.setState({ examples: await studio.client.speculation.examples() })
  } catch (error) {
    studio.report('Reading the example prompts', error)
  }
}

/** Which other models can draft for the chosen one. */
export async function loadDrafts(feature: SpeculateFeature): Promise<void> {
  const { bench, studio } = feature
  const model = currentModel(feature)
  if (model === null) return
  try {
    const drafts = await studio.client.speculation.drafts({ modelId: model.id })
    if (currentModel(feature)?.id === model.id) bench.setState({ drafts })
  } catch (error) {
    studio.report('Looking for draft models', error)
  }
}

/** Leaves out the strategy that was refused, and races the others. */
export function removeFromForm(feature: SpeculateFeature, index: number): void {
  removeStrategy(feature.form, index)
  void startRace(feature)
}
