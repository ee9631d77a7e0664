import type { DetectedBox } from '../../../contract/detection'
import type { DetectExits } from './context'
import { showToast } from '../../ui/toaster'
import type { DetectFeature } from './feature'
import { assetFile } from './asset-file'
import { classNamer, factsOnStage } from './selectors'

/** The box becomes the mask of a picture that is drawn anew there. */
export async function maskInImage(feature: DetectFeature, exits: DetectExits, { box }: DetectedBox): Promise<void> {
  const { stage, studio } = feature
  const { picture, looked } = stage.getState()
  if (picture?.assetId == null || looked === null) return
  const { width, height } = looked.result
  try {
    await exits.maskInImage({ assetId: picture.assetId, width, height, box })
  } catch (error) {
    showToast({
      tone: 'fail',
      text: 'The mask could not be made',
      detail: studio.report('Making a mask', error).message,
    })
  }
}

/** What is in the box goes to Chat, with a question that names what the detector took it for. */
export async function askInChat(feature: DetectFeature, { box, classId }: DetectedBox): Promise<void> {
  const { stage, studio } = feature
  const { picture } = stage.getState()
  if (picture?.assetId == null) return
  const name = classNamer(factsOnStage(feature))(classId)
  try {
    const whole = await createImageBitmap(await assetFile(studio, picture.assetId, picture.name))
    const file = await cropFile(whole, box, `${name}.png`)
    const { assetId } = await studio.client.assets.upload({ file })
    const text = `Is this really ${article(name)} ${name}? What do you see?`
    studio.parcels.setState({ parcel: { to: 'chat', assetId, name, text } })
  } catch (error) {
    showToast({
      tone: 'fail',
      text: 'The box could not be cut out',
      detail: studio.report('Cutting out a box', error).message,
    })
  }
}

function article(name: string): string {
  return /^[aeiou]/i.test(name) ? 'an' : 'a'
}

async function cropFile(picture: ImageBitmap, box: DetectedBox['box'], name: string): Promise<File> {
  const left = Math.max(0, Math.floor(box[0]))
  const top = Math.max(0, Math.floor(box[1]))
  const width = Math.max(1, Math.min(picture.width, Math.ceil(box[2])) - left)
  const height = Math.max(1, Math.min(picture.height, Math.ceil(box[3])) - top)
  const canvas = new OffscreenCanvas(width, height)
  canvas.getContext('2d')?.drawImage(picture, left, top, width, height, 0, 0, width, height)
  return new File([await canvas.convertToBlob({ type: 'image/png' })], name, { type: 'image/png' })
}
