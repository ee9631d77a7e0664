import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { StudioError, toFailure } from '../../contract/errors'
import { modelIdSchema } from '../../contract/ids'
import type { Model } from '../../contract/models'
import { imageModelFacts } from '../images/facts'
import { isSd3Folder, readSd3Folder, type Sd3Folder } from '../images/folder'

/** A model with what its engine needs. */
export interface LibraryEntry {
  readonly model: Model
  readonly sd3?: Sd3Folder
}

/** How far below an added folder models are looked for. */
const depth = 4

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join(folder, entry.name))
    .sort()
}

/** Reads a folder as whatever family recognises it; null where none does. */
async function recognise(folder: string, source: Model['source']): Promise<LibraryEntry | null> {
  if (!(await isSd3Folder(folder))) return null
  const id = modelIdSchema.parse(basename(folder))
  try {
    const sd3 = await readSd3Folder(folder)
    const { name, description, layout, licence, bytes, precision } = sd3
    const [problem] = sd3.problems
    return {
      sd3,
      model: {
        id,
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
  } catch (error) {
    // A broken folder is shown with what is wrong: a person put it there and looks for it.
    const { message, remedy = 'Check the folder.' } = toFailure(error)
    const state = { kind: 'broken' as const, message, remedy }
    return { model: { id, family: 'sd3', source, folder, name: id, description: '', layout: 'unknown', bytes: 0, state } }
  }
}

async function scan(folder: string, source: Model['source'], levels: number): Promise<LibraryEntry[]> {
  const entry = await recognise(folder, source)
  if (entry !== null) return [entry]
  if (levels === 0) return []
  const found: LibraryEntry[] = []
  for (const subfolder of await subfolders(folder)) found.push(...(await scan(subfolder, source, levels - 1)))
  return found
}

/** The models on disk: those shipped with the studio, and those in folders that the user added. */
export class ModelLibrary {
  readonly #bundled: string
  readonly #folders: () => readonly string[]
  #entries: Promise<LibraryEntry[]> | null = null

  constructor(needs: { bundled: string; folders: () => readonly string[] }) {
    this.#bundled = needs.bundled
    this.#folders = needs.folders
  }

  async list(): Promise<Model[]> {
    return (await this.#read()).map(({ model }) => model)
  }

  /** @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN */
  async get(modelId: string): Promise<LibraryEntry> {
    const entries = await this.#read()
    const entry = entries.find(({ model }) => model.id === modelId)
    if (entry === undefined) {
      const known = entries.map(({ model }) => model.id).join(', ')
      throw new StudioError('MODEL_NOT_FOUND', `There is no model "${modelId}"`, {
        field: 'modelId',
        remedy: known === '' ? 'Add a model folder.' : `Choose one of: ${known}.`,
      })
    }
    if (entry.model.state.kind === 'broken') {
      throw new StudioError('MODEL_BROKEN', entry.model.state.message, { field: 'modelId', remedy: entry.model.state.remedy })
    }
    return entry
  }

  /** @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED where it draws no pictures */
  async imageModel(modelId: string): Promise<{ name: string; folder: Sd3Folder }> {
    const { model, sd3 } = await this.get(modelId)
    if (sd3 === undefined) {
      throw new StudioError('MODEL_UNSUPPORTED', `${model.name} does not draw pictures`, {
        field: 'modelId',
        remedy: 'Choose a model of the Stable Diffusion 3 family.',
      })
    }
    return { name: model.name, folder: sd3 }
  }

  /** Whether a folder holds any model, so that adding an empty one can be refused. */
  async countIn(folder: string): Promise<number> {
    return (await scan(resolve(folder), 'added', depth)).length
  }

  /** Looks at the disk again on next use. */
  refresh(): void {
    this.#entries = null
  }

  #read(): Promise<LibraryEntry[]> {
    this.#entries ??= this.#scanAll()
    return this.#entries
  }

  async #scanAll(): Promise<LibraryEntry[]> {
    const found = await scan(this.#bundled, 'bundled', 1)
    for (const folder of this.#folders()) found.push(...(await scan(folder, 'added', depth)))
    const taken = new Set<string>()
    return found.map((entry) => {
      // Two folders of one name are told apart by a number.
      let id: string = entry.model.id
      for (let copy = 2; taken.has(id); copy += 1) id = `${entry.model.id}-${copy}`
      taken.add(id)
      return { ...entry, model: { ...entry.model, id: modelIdSchema.parse(id) } }
    })
  }
}
