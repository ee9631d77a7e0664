import { chooseFiles } from '../../../ui/choose-files'
import type { DetectFeature } from '../feature'
import { runFolder } from '../run-actions'
import { named, pictureTypes, takeFiles } from '../take-files'
import { importTruth } from '../truth'

/** Asks for pictures or a video. */
export async function pickFiles(feature: DetectFeature): Promise<void> {
  const files = await chooseFiles({ accept: pictureTypes, isMultiple: true })
  if (files.length > 0) await takeFiles(feature, named(files))
}

/** Asks for a folder: the machine's own where it can be reached, else its pictures are brought in one by one. */
export async function pickFolder(feature: DetectFeature): Promise<void> {
  const { host } = feature.studio
  if (host.hasFiles) {
    const folder = await host.openFolderDialog()
    if (folder !== null) await runFolder(feature, { kind: 'folder', folder, deep: true })
    return
  }
  const files = await chooseFiles({ isFolder: true })
  const folder = files[0]?.webkitRelativePath.split('/')[0]
  if (files.length > 0)
    await takeFiles(feature, named(files), folder === undefined || folder === '' ? 'folder' : folder)
}

/** Asks for labels to hold the detector against. */
export async function pickTruth(feature: DetectFeature): Promise<void> {
  const [file] = await chooseFiles({ accept: ['.json', 'application/json'] })
  if (file !== undefined) await importTruth(feature, file)
}
