import type { AssetId } from '../../../contract/ids'
import { plural } from '../../ui/format'
import { showToast } from '../../ui/toaster'
import { detectPicture } from './actions'
import type { DetectFeature } from './feature'
import { runFolder } from './run-actions'
import type { RefusedFile } from './strip/picture-list'
import { importTruth } from './truth'

const pictureNames = /\.(png|jpe?g|webp|gif|bmp|tiff?|avif|heic|heif|svg)$/i
const videoNames = /\.(mp4|m4v|webm|mov|mkv|ogv|avi)$/i

export const pictureTypes = ['image/*', 'video/*', '.heic', '.avif', '.tif', '.tiff'] as const

/** A file and the name that people know it by, which in a folder has the folder's own before it. */
export interface NamedFile {
  readonly file: File
  readonly name: string
}

export function named(files: readonly File[]): readonly NamedFile[] {
  return files.map((file) => ({ file, name: file.webkitRelativePath || file.name }))
}

/** One picture is looked at by itself, many become a run, a video plays, and labels are held against what was found. */
export async function takeFiles(feature: DetectFeature, given: readonly NamedFile[], folder?: string): Promise<void> {
  const labels = given.find(({ name }) => /\.json$/i.test(name))
  if (labels !== undefined && given.length === 1) return importTruth(feature, labels.file)
  const video = given.find(({ file, name }) => file.type.startsWith('video/') || videoNames.test(name))
  if (video !== undefined && given.length === 1) {
    feature.video.openFile(video.file)
    return
  }
  // A single file that does not look like a picture is still tried: its content decides.
  const pictures = given.length === 1 ? given : given.filter(isPicture)
  const [first] = pictures
  if (first === undefined) {
    showToast({
      tone: 'warn',
      text: folder === undefined ? 'No pictures are among these files' : `No pictures are in “${folder}”`,
    })
    return
  }
  if (pictures.length === 1 && folder === undefined) await takeOne(feature, first)
  else await takeMany(feature, pictures, folder ?? plural(pictures.length, 'picture'))
  if (labels !== undefined) await importTruth(feature, labels.file)
}

function isPicture({ file, name }: NamedFile): boolean {
  return file.type.startsWith('image/') || pictureNames.test(name)
}

async function takeOne(feature: DetectFeature, { file, name }: NamedFile): Promise<void> {
  const { stage, studio } = feature
  stage.setState({ reading: { done: 0, total: 1 } })
  try {
    const { assetId, width, height } = await studio.client.assets.upload({ file })
    await detectPicture(feature, { assetId, name, width, height })
  } catch (error) {
    const failure = studio.report(`Reading ${name}`, error)
    feature.list.store.setState(({ refused }) => ({ refused: [...refused, { name, failure }] }))
    showToast({ tone: 'fail', text: `${name} could not be read`, detail: failure.remedy ?? failure.message })
  } finally {
    stage.setState({ reading: null })
  }
}

async function takeMany(feature: DetectFeature, files: readonly NamedFile[], folder: string): Promise<void> {
  const { stage, studio, list } = feature
  const pictures: { assetId: AssetId; name: string }[] = []
  const refused: RefusedFile[] = []
  stage.setState({ reading: { done: 0, total: files.length } })
  try {
    for (const { file, name } of files) {
      try {
        pictures.push({ assetId: (await studio.client.assets.upload({ file })).assetId, name })
      } catch (error) {
        refused.push({ name, failure: studio.report(`Reading ${name}`, error) })
      }
      stage.setState(({ reading }) => ({ reading: reading === null ? null : { ...reading, done: reading.done + 1 } }))
    }
  } finally {
    stage.setState({ reading: null })
  }
  if (pictures.length > 0) await runFolder(feature, { kind: 'assets', name: folder, pictures })
  // They stand at the end of the strip, beside those that the detector could not read.
  list.store.setState({ refused })
}

/** The picture of another panel, or one that is dragged from one. */
export async function takeAsset(feature: DetectFeature, assetId: AssetId, name: string): Promise<void> {
  await detectPicture(feature, { assetId, name, width: null, height: null })
}
