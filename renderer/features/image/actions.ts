import type { AssetId, ImageId } from '../../../contract/ids'
import type { GeneratePatch, GenerateSettings, ImageRecord } from '../../../contract/images'
import { runningJob } from '../../studio/jobs-state'
import { fileName, groupDigits, plural } from '../../ui/format'
import { showToast } from '../../ui/toaster'
import { showOutcome, type ImageFeature } from './feature'
import { fieldsByKey, pickField, type FieldKey, type Readable } from './fields'
import { changeDraft, randomSeed, takeSnapshot, type FormSnapshot } from './form-store'
import { rememberPrompt } from './prompt-history'
import { holdForModels } from './hold-for-models'
import { currentModel } from './selectors'
import { validate, type Problems } from './validate'
import { select, selectImage } from './view-store'

/**
 * Queues the form's pictures. Gives what is wrong where something is. A form that is sent off before the models are known
 * waits for them.
 */
export async function generate(feature: ImageFeature, first = false): Promise<Problems | null> {
  const { studio, form, history, view } = feature
  if (!(await holdForModels(feature))) return null
  if (form.getState().seedMode === 'random') changeDraft(form, { seed: randomSeed() })
  const { draft } = form.getState()
  const problems = validate(draft, currentModel(feature))
  if (Object.keys(problems).length > 0) {
    view.setState({ isAttempted: true })
    return problems
  }
  rememberPrompt(history, draft.prompt)
  form.setState({ last: draft })
  const isIdle = runningJob(studio.jobs.getState()) === null
  try {
    const job = await studio.client.images.generate({ ...draft, ...(first ? { first } : {}) })
    view.setState({ isAttempted: false, refused: null })
    if (isIdle) select(view, { kind: 'job', jobId: job.id })
    // A quick run may be over before this answer comes.
    showOutcome(feature, job.id)
    return null
  } catch (error) {
    const failure = studio.report('Adding to the queue', error)
    if (failure.field !== undefined) {
      const refused = { [failure.field]: failure.message }
      view.setState({ refused: { draft, problems: refused } })
      return refused
    }
    showToast({ tone: 'fail', text: failure.message, ...(failure.remedy ? { detail: failure.remedy } : {}) })
    return null
  }
}

export async function stop(feature: ImageFeature): Promise<void> {
  const job = runningJob(feature.studio.jobs.getState())
  if (job === null) return
  try {
    await feature.studio.client.jobs.cancel({ jobId: job.id })
  } catch (error) {
    showToast({ tone: 'fail', text: feature.studio.report('Stopping', error).message })
  }
}

function restoreForm({ form }: ImageFeature, snapshot: FormSnapshot): void {
  form.setState(snapshot)
}

/** Changes the form, says what was set, and offers the way back. */
export function changeForm(feature: ImageFeature, patch: Readable, text: string, detail?: string): void {
  const before = takeSnapshot(feature.form)
  changeDraft(feature.form, patch)
  if (patch.seed !== undefined) feature.form.setState({ seedMode: 'locked' })
  const entry = { what: text, undo: () => restoreForm(feature, before) }
  feature.studio.undo.push(entry)
  showToast({
    id: 'form',
    text,
    ...(detail === undefined ? {} : { detail }),
    action: { label: 'Undo', keys: '$mod+z', run: () => feature.studio.undo.undo(entry) },
  })
}

export function recallField(feature: ImageFeature, settings: GenerateSettings, key: FieldKey): void {
  const field = fieldsByKey[key]
  const was = field.read(feature.form.getState().draft)
  const now = field.read(settings)
  const detail = key === 'prompt' ? '' : was === now ? `${now}, as it was` : `${now}, was ${was || 'empty'}`
  changeForm(feature, pickField(settings, key), `${field.label} set`, detail)
}

export function recallAll(feature: ImageFeature, settings: GenerateSettings): void {
  changeForm(feature, { ...noOptions, ...settings }, 'All settings set', `seed ${groupDigits(settings.seed)}`)
}

/** Optional settings that a whole set of settings takes away where it does not have them. */
const noOptions: Readable = { prompt2: undefined, prompt3: undefined, skipLayers: undefined, initImage: undefined }

export function applyPatch(feature: ImageFeature, patch: GeneratePatch, keys: readonly FieldKey[]): void {
  const part = Object.assign({}, ...keys.map((key) => pickField(patch as Readable, key))) as Readable
  changeForm(feature, part, `${plural(keys.length, 'setting')} set from the picture`)
}

export function toggleStar(feature: ImageFeature, image: ImageRecord): void {
  void feature.gallery.star(image.id, !image.starred)
}

/** Takes a picture out, moves to its neighbour, and offers the way back for as long as the toast stands. */
export function removeImage(feature: ImageFeature, image: ImageRecord): void {
  const { gallery, view, studio } = feature
  const { order } = gallery.store.getState()
  const index = order.indexOf(image.id)
  const neighbour = order[index + 1] ?? order[index - 1] ?? null
  const putBack = gallery.remove([image.id])
  const { selection, compareId } = view.getState()
  if (compareId === image.id || compareId === neighbour) view.setState({ compareId: null })
  if (selection?.kind === 'image' && selection.imageId === image.id) {
    select(view, neighbour === null ? null : { kind: 'image', imageId: neighbour })
  }
  const entry = {
    what: '1 image in the bin',
    undo() {
      putBack()
      selectImage(view, image.id)
    },
  }
  studio.undo.push(entry)
  showToast({
    text: '1 image in the bin',
    detail: 'for 30 days',
    action: { label: 'Undo', keys: '$mod+z', run: () => studio.undo.undo(entry) },
  })
}

export async function copyImage(feature: ImageFeature, assetId: AssetId): Promise<void> {
  try {
    await feature.studio.host.copyImage(assetId)
    showToast({ tone: 'ok', text: 'Picture copied' })
  } catch (error) {
    showToast({
      tone: 'fail',
      text: 'The picture could not be copied',
      detail: feature.studio.report('Copying', error).message,
    })
  }
}

export async function saveImage(feature: ImageFeature, assetId: AssetId, settings: GenerateSettings): Promise<void> {
  const name = fileName(settings.prompt, settings.seed)
  try {
    if (await feature.studio.host.saveImageAs(assetId, name)) showToast({ tone: 'ok', text: 'Saved', detail: name })
  } catch (error) {
    showToast({
      tone: 'fail',
      text: 'The picture could not be saved',
      detail: feature.studio.report('Saving', error).message,
    })
  }
}

export async function copyText(what: string, text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
  showToast({ id: 'copied', tone: 'ok', text: `${what} copied` })
}

/** Stores a file from a drop, a paste or a dialog, and reads the settings that are written in it. */
export async function takePicture(feature: ImageFeature, file: File, asStart: boolean): Promise<void> {
  const { studio, view } = feature
  view.setState({ isUploading: true })
  try {
    const { assetId, width, height } = await studio.client.assets.upload({ file })
    const read = asStart ? { settings: null, text: null } : await studio.client.images.readSettings({ assetId })
    if (asStart) startFrom(feature, assetId)
    else
      view.setState({ incoming: { assetId, name: file.name, width, height, settings: read.settings, text: read.text } })
  } catch (error) {
    const failure = studio.report(`Reading ${file.name}`, error)
    showToast({ tone: 'fail', text: `${file.name} could not be read`, detail: failure.message })
  } finally {
    view.setState({ isUploading: false })
  }
}

export function startFrom(feature: ImageFeature, assetId: AssetId): void {
  const { form } = feature
  const strength = form.getState().draft.initImage?.strength ?? 0.6
  changeForm(feature, { initImage: { assetId, strength } }, 'Start image set', `strength ${strength}`)
}

/** Shows two pictures over each other; the same picture twice leaves the comparison. */
export function compareWith(feature: ImageFeature, imageId: ImageId | null): void {
  const { view } = feature
  const { selection, compareId } = view.getState()
  const isSame = selection?.kind === 'image' && selection.imageId === imageId
  view.setState({ compareId: imageId === null || isSame || compareId === imageId ? null : imageId })
}

/** Compares what is on the stage with the picture made before it, or leaves the comparison. */
export function toggleCompare(feature: ImageFeature): void {
  const { view, gallery } = feature
  const { selection, compareId } = view.getState()
  if (compareId !== null) {
    view.setState({ compareId: null })
    return
  }
  if (selection?.kind !== 'image') return
  const { order } = gallery.store.getState()
  const index = order.indexOf(selection.imageId)
  const other = order[index + 1] ?? order[index - 1]
  if (other === undefined) showToast({ text: 'Comparing needs two pictures' })
  else view.setState({ compareId: other })
}

export function swapCompare({ view }: ImageFeature): void {
  const { selection, compareId } = view.getState()
  if (compareId === null || selection?.kind !== 'image') return
  view.setState({ selection: { kind: 'image', imageId: compareId }, compareId: selection.imageId, frameIndex: null })
}

export function cycleCompareMode({ view }: ImageFeature): void {
  const next = { slider: 'side', side: 'difference', difference: 'slider' } as const
  view.setState((state) => ({ compareMode: next[state.compareMode] }))
}
