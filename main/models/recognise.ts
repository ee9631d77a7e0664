import { basename, resolve } from 'node:path'
import { toFailure } from '../../contract/errors'
import { modelIdSchema, type ModelId } from '../../contract/ids'
import type { Model } from '../../contract/models'
import { imageModelFacts } from '../images/facts'
import { isSd3Folder, readSd3Folder, type Sd3Folder } from '../images/folder'
import { readManifest } from './manifest'

/** A model with what its engine needs. */
export interface LibraryEntry {
  readonly model: Model
  readonly sd3?: Sd3Folder
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

/** Reads a folder as whatever family recognises it; null where none does. */
export async function recognise(folder: string, source: Source): Promise<LibraryEntry | null> {
  try {
    return (await isSd3Folder(folder)) ? await readSd3(folder, source) : null
  } catch (error) {
    const { message, remedy = 'Check the folder, or remove it from the studio.' } = toFailure(error)
    return brokenEntry(folder, source, 'sd3', { message, remedy })
  }
}

async function readSd3(folder: string, source: Source): Promise<LibraryEntry> {
  const sd3 = await readSd3Folder(folder)
  const { name, description, layout, licence, bytes, precision } = sd3
  const [problem] = sd3.problems
  return {
    sd3,
    model: {
      id: await idOf(folder),
      family: 'sd3',
      source,
      folder,
      name,
      description,
      layout,
      bytes,
      ...(licence === undefined ? {} : { licence }),
      ...(precision === undefined ? {} : { precision }),
      state: problem === undefined ? { kind: 'ready' } : { kind: 'broken', ...problem },
      image: imageModelFacts(sd3),
    },
  }
}
