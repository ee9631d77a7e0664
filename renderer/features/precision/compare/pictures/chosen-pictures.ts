import { precisionLimits, type ComparedPicture } from '../../../../../contract/precision'
import { labelsOfPictures, type CocoLabels } from '../../../../../contract/precision-truth'
import { plural } from '../../../../ui/format'
import { showToast } from '../../../../ui/toaster'
import type { PrecisionFeature } from '../../feature'

/** What a detector is compared on: the bundled scenes, or pictures of one's own with or without labels. */
export type ChosenPictures =
  | { readonly kind: 'sample' }
  | {
      readonly kind: 'own'
      readonly pictures: readonly ComparedPicture[]
      /** The labels of just these pictures, and the name of the file that they came from. */
      readonly labels: { readonly truth: CocoLabels; readonly name: string } | null
    }

/** "8 bundled scenes" is not said: how many there are is known to the core alone. */
export function pictureWords(chosen: ChosenPictures): string {
  if (chosen.kind === 'sample') return 'Bundled scenes, labelled'
  const [only, ...others] = chosen.pictures
  const name = others.length === 0 ? (only?.name ?? 'No picture') : plural(chosen.pictures.length, 'picture')
  return chosen.labels === null ? name : `${name}, labelled`
}

/** Pictures and labels among files that were chosen or dropped. */
export async function takeFiles(feature: PrecisionFeature, files: readonly File[]): Promise<void> {
  const labels = files.find(({ name }) => /\.json$/i.test(name))
  const pictures = files.filter(isPicture)
  if (pictures.length > 0) await takePictures(feature, pictures)
  if (labels !== undefined) await takeLabels(feature, labels)
  else if (pictures.length === 0) showToast({ tone: 'warn', text: 'No pictures are among these files' })
}

function isPicture({ type, name }: File): boolean {
  return type.startsWith('image/') || /\.(png|jpe?g|webp|gif|tiff?|avif)$/i.test(name)
}

async function takePictures(feature: PrecisionFeature, files: readonly File[]): Promise<void> {
  const pictures = await uploaded(feature, files)
  if (pictures !== null) feature.form.setState({ pictures: { kind: 'own', pictures, labels: null } })
}

/** Pictures on which ranges of activations are found, apart from those that are compared. */
export async function takeCalibration(feature: PrecisionFeature, files: readonly File[]): Promise<void> {
  const pictures = await uploaded(feature, files.filter(isPicture))
  if (pictures !== null && pictures.length > 0) feature.form.setState({ calibration: pictures })
}

/** Holds the chosen pictures against labels in COCO's JSON. */
export async function takeLabels({ form, studio }: PrecisionFeature, file: File): Promise<void> {
  const { pictures: chosen } = form.getState()
  if (chosen.kind === 'sample') {
    showToast({ tone: 'warn', text: 'The bundled scenes have their own labels', detail: 'Choose your pictures first.' })
    return
  }
  try {
    const truth = labelsOfPictures(
      readJson(await file.text()),
      chosen.pictures.map(({ name }) => name),
    )
    form.setState({ pictures: { ...chosen, labels: { truth, name: file.name } } })
    showToast({
      tone: 'ok',
      text: `${file.name} read`,
      detail: `${plural(truth.annotations.length, 'label')} on ${plural(truth.images.length, 'picture')}`,
    })
  } catch (error) {
    const { message, remedy } = studio.report(`Reading ${file.name}`, error)
    showToast({ tone: 'fail', text: message, ...(remedy === undefined ? {} : { detail: remedy }) })
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Whoever reads the labels says what they should have been.
    return null
  }
}

/** Pictures that can be chosen. */
export const pictureTypes = ['image/*', '.avif', '.tif', '.tiff'] as const

/** Brings a picture in. Null, and said, where it could not be. */
export async function uploadedPicture({ studio }: PrecisionFeature, file: File): Promise<ComparedPicture | null> {
  try {
    const { assetId } = await studio.client.assets.upload({ file })
    return { assetId, name: file.webkitRelativePath || file.name }
  } catch (error) {
    const { message, remedy } = studio.report(`Reading ${file.name}`, error)
    showToast({ tone: 'fail', text: `${file.name}: ${message}`, ...(remedy === undefined ? {} : { detail: remedy }) })
    return null
  }
}

/** Brings pictures in, as many as are compared. Null where one could not be. */
async function uploaded(feature: PrecisionFeature, files: readonly File[]): Promise<ComparedPicture[] | null> {
  const most = precisionLimits.pictures
  if (files.length > most) {
    showToast({
      tone: 'warn',
      text: `The first ${most} of ${files.length} pictures are taken`,
      detail: 'More are not compared.',
    })
  }
  const pictures: ComparedPicture[] = []
  for (const file of files.slice(0, most)) {
    const picture = await uploadedPicture(feature, file)
    if (picture === null) return null
    pictures.push(picture)
  }
  return pictures
}
