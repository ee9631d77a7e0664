import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { StudioError } from '../../contract/errors'
import { modelIdSchema } from '../../contract/ids'
import type { Model } from '../../contract/models'
import type { DetectorFolder } from '../detect/folder'
import type { Sd3Folder } from '../images/folder'
import type { LanguageFolder } from '../text/language-folder'
import { walkFolders } from './find-folders'
import { brokenEntry, recognise, type LibraryEntry } from './recognise'

/** How far below an added folder models are looked for. */
const depth = 4
/** How long a look at the disk stands, so that a folder that was mended shows up without a restart. */
const freshMilliseconds = 2000

async function scan(
  folder: string,
  source: Model['source'],
  levels: number,
  seen = new Set<string>(),
): Promise<LibraryEntry[]> {
  const found: LibraryEntry[] = []
  await walkFolders(folder, levels, seen, async (candidate) => {
    const entry = await recognise(candidate, source)
    if (entry !== null) found.push(entry)
    return entry !== null
  })
  return found
}

/** Ids that are taken get a number, in the order of the list. */
function withUniqueIds(entries: readonly LibraryEntry[]): LibraryEntry[] {
  const taken = new Set<string>()
  return entries.map((entry) => {
    let id: string = entry.model.id
    for (let copy = 2; taken.has(id); copy += 1) id = `${entry.model.id.slice(0, 190)}-${copy}`
    taken.add(id)
    return { ...entry, model: { ...entry.model, id: modelIdSchema.parse(id) } }
  })
}

/** The models on disk: those shipped with the studio, and those in folders that the user added. */
export class ModelLibrary {
  readonly #bundled: string
  readonly #folders: () => readonly string[]
  readonly #extend: (entry: LibraryEntry) => LibraryEntry
  #entries: Promise<LibraryEntry[]> | null = null
  #lookedAt = 0

  /** @param needs `extend` adds what was saved of a model elsewhere, such as precisions that were made of it */
  constructor(needs: {
    bundled: string
    folders: () => readonly string[]
    extend?: (entry: LibraryEntry) => LibraryEntry
  }) {
    this.#bundled = needs.bundled
    this.#folders = needs.folders
    this.#extend = needs.extend ?? ((entry) => entry)
  }

  async list(): Promise<Model[]> {
    return (await this.#look(freshMilliseconds)).map(({ model }) => model)
  }

  /** @throws StudioError MODEL_NOT_FOUND naming what there is, MODEL_BROKEN, MODEL_UNSUPPORTED where no decoder reads it */
  async get(modelId: string): Promise<LibraryEntry> {
    const matches = ({ model }: LibraryEntry): boolean => model.id === modelId
    const isReady = (entry: LibraryEntry | undefined): boolean => entry?.model.state.kind === 'ready'
    let entries = await this.#look(Number.POSITIVE_INFINITY)
    if (!isReady(entries.find(matches))) entries = await this.#look(freshMilliseconds)
    const entry = entries.find(matches)
    if (entry === undefined) {
      const known = entries.map(({ model }) => model.id).join(', ')
      throw new StudioError('MODEL_NOT_FOUND', `There is no model "${modelId}"`, {
        field: 'modelId',
        remedy: known === '' ? 'Add a model folder.' : `Choose one of: ${known}.`,
      })
    }
    const { state } = entry.model
    if (state.kind === 'broken') {
      const code = state.unsupported === true ? 'MODEL_UNSUPPORTED' : 'MODEL_BROKEN'
      throw new StudioError(code, state.message, { field: 'modelId', remedy: state.remedy })
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

  /** @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED where it writes no text */
  async languageModel(modelId: string): Promise<{ name: string; folder: LanguageFolder }> {
    const { model, language } = await this.get(modelId)
    if (language === undefined) {
      throw new StudioError('MODEL_UNSUPPORTED', `${model.name} does not write text`, {
        field: 'modelId',
        remedy: 'Choose a language model.',
      })
    }
    return { name: model.name, folder: language }
  }

  /** @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED where it finds nothing in pictures */
  async detectorModel(modelId: string): Promise<{ name: string; folder: DetectorFolder }> {
    const { model, detector } = await this.get(modelId)
    if (detector === undefined) {
      throw new StudioError('MODEL_UNSUPPORTED', `${model.name} finds nothing in pictures`, {
        field: 'modelId',
        remedy: 'Choose a detector.',
      })
    }
    return { name: model.name, folder: detector }
  }

  /** Whether a folder holds any model, so that adding an empty one can be refused. */
  async countIn(folder: string): Promise<number> {
    return (await scan(resolve(folder), 'added', depth)).length
  }

  /** Looks at the disk again on next use. */
  refresh(): void {
    this.#entries = null
  }

  /** What was found, not longer ago than `age`. */
  #look(age: number): Promise<LibraryEntry[]> {
    if (this.#entries === null || performance.now() - this.#lookedAt > age) {
      this.#lookedAt = performance.now()
      this.#entries = this.#scanAll()
    }
    return this.#entries
  }

  async #scanAll(): Promise<LibraryEntry[]> {
    const seen = new Set<string>()
    const found = await scan(this.#bundled, 'bundled', 1, seen)
    for (const folder of this.#folders()) {
      if (existsSync(folder)) found.push(...(await scan(folder, 'added', depth, seen)))
      else {
        const message = `The folder ${folder} is not there`
        const remedy = 'Connect the drive that it is on, or remove it from the model folders.'
        found.push(await brokenEntry(folder, 'added', 'unknown', { message, remedy }))
      }
    }
    return withUniqueIds(found).map((entry) => this.#extend(entry))
  }
}
