import { basename, resolve } from 'node:path'
import { toFailure } from '../../contract/errors'
import { modelIdSchema, type ModelId } from '../../contract/ids'
import type { Model } from '../../contract/models'
import { bagelChatFacts } from '../chat/facts'
import { isBagelFolder, readBagelFolder, type BagelFolder } from '../chat/folder'
import { detectorFacts } from '../detect/facts'
import { isDetectorFolder, readDetectorFolder, type DetectorFolder } from '../detect/folder'
import { imageModelFacts } from '../images/facts'
import { isSd3Folder, readSd3Folder, type Sd3Folder } from '../images/folder'
import { textChatFacts } from '../text/chat-facts'
import { languageModelFacts } from '../text/language-facts'
import { isLanguageFolder, readLanguageFolder, type LanguageFolder } from '../text/language-folder'
import { readManifest } from './manifest'

/** A model with what its engine needs. */
export interface LibraryEntry {
  readonly model: Model
  readonly sd3?: Sd3Folder
  readonly language?: LanguageFolder
  readonly bagel?: BagelFolder
  readonly detector?: DetectorFolder
}

type Source = Model['source']

const longestId = 200

/** The id in the manifest, or the folder's name. */
async function idOf(folder: string): Promise<ModelId> {
  const manifest = await readManifest(folder)
  return manifest?.id ?? modelIdSchema.parse(basename(resolve(folder)).slice(0, longestId) || 'model')
}

/** A folder that cannot be used, shown with what is wrong: a person put it there and looks for it. */
export async function brokenEntry(
  folder: string,
  source: Source,
  family: Model['family'],
  problem: { message: string; remedy: string },
): Promise<LibraryEntry> {
  const id = await idOf(folder)
  const state = { kind: 'broken' as const, ...problem }
  return { model: { id, family, source, folder, name: id, description: '', layout: 'unknown', bytes: 0, state } }
}

/** A family that folders are recognised as: whether one is meant to be of it, and what it is then. */
interface Family {
  readonly family: Model['family']
  readonly matches: (folder: string) => Promise<boolean>
  readonly read: (folder: string, source: Source) => Promise<LibraryEntry>
}

const families: readonly Family[] = [
  { family: 'sd3', matches: isSd3Folder, read: readSd3 },
  { family: 'bagel', matches: isBagelFolder, read: readBagel },
  { family: 'detector', matches: isDetectorFolder, read: readDetector },
  { family: 'causal-lm', matches: isLanguageFolder, read: readLanguage },
]

/** Reads a folder as whatever family recognises it; null where none does. */
export async function recognise(folder: string, source: Source): Promise<LibraryEntry | null> {
  for (const { family, matches, read } of families) {
    try {
      if (await matches(folder)) return await read(folder, source)
    } catch (error) {
      const { message, remedy = 'Check the folder, or remove it from the studio.' } = toFailure(error)
      return brokenEntry(folder, source, family, { message, remedy })
    }
  }
  return null
}

async function readSd3(folder: string, source: Source): Promise<LibraryEntry> {
  const sd3 = await readSd3Folder(folder)
  const shared = await sharedFacts(folder, source, sd3)
  return { sd3, model: { ...shared, family: 'sd3', image: imageModelFacts(sd3) } }
}

async function readLanguage(folder: string, source: Source): Promise<LibraryEntry> {
  const language = await readLanguageFolder(folder)
  const shared = await sharedFacts(folder, source, { ...language, precision: language.defaultPrecision })
  const facts = { language: languageModelFacts(language), chat: textChatFacts(language) }
  return { language, model: { ...shared, family: 'causal-lm', ...facts } }
}

async function readBagel(folder: string, source: Source): Promise<LibraryEntry> {
  const bagel = await readBagelFolder(folder)
  const shared = await sharedFacts(folder, source, { ...bagel, precision: bagel.defaultPrecision })
  return { bagel, model: { ...shared, family: 'bagel', chat: bagelChatFacts(bagel) } }
}

async function readDetector(folder: string, source: Source): Promise<LibraryEntry> {
  const detector = await readDetectorFolder(folder)
  const shared = await sharedFacts(folder, source, { ...detector, precision: detector.defaultPrecision })
  const facts = detector.spec === null ? {} : { detector: detectorFacts(detector, detector.spec) }
  return { detector, model: { ...shared, family: 'detector', ...facts } }
}

/** What a model of any family says of itself. */
async function sharedFacts(
  folder: string,
  source: Source,
  read: Pick<Sd3Folder, 'name' | 'description' | 'layout' | 'licence' | 'bytes' | 'precision'> & {
    readonly problems: readonly { message: string; remedy: string; unsupported?: boolean }[]
  },
): Promise<Omit<Model, 'family'>> {
  const { name, description, layout, licence, bytes, precision } = read
  const [problem] = read.problems
  return {
    id: await idOf(folder),
    source,
    folder,
    name,
    description,
    layout,
    bytes,
    ...(licence === undefined ? {} : { licence }),
    ...(precision === undefined ? {} : { precision }),
    state: problem === undefined ? { kind: 'ready' } : { kind: 'broken', ...problem },
  }
}
