import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { StudioError } from '../../contract/errors'
import { modelIdSchema, type ModelId } from '../../contract/ids'
import { savedVariantSchema, type Recipe, type SavedVariant } from '../../contract/precision'
import type { LibraryEntry } from '../models/recognise'
import { savedVariants, variantFolders, variantGraph, variantNote } from '../models/saved-variants'
import { recipeLabel } from '../precision/column-labels'
import { VariantStore } from '../precision/variant-store'
import { readGraphOutline } from '../runtime/graph-outline'
import { modelGraphs } from './precision-plan'

export interface PrecisionVariantNeeds {
  readonly model: (modelId: string) => Promise<LibraryEntry>
  readonly hash: (files: readonly string[]) => Promise<string>
  /** Looks at the disk again, so that what was saved shows up. */
  readonly refresh: () => void
  readonly dataFolder: string
  readonly storeFolder: string
}

interface SaveRequest {
  readonly modelId: ModelId
  readonly recipe: Recipe
  readonly roles?: readonly string[] | undefined
  readonly name: string
}

/** Keeps converted graphs as precisions of their model (language models) or as a model of their own (picture models). */
export class PrecisionVariants {
  readonly #needs: PrecisionVariantNeeds

  constructor(needs: PrecisionVariantNeeds) {
    this.#needs = needs
  }

  list(): SavedVariant[] {
    return savedVariants(this.#needs.dataFolder)
  }

  /** @throws StudioError INVALID_INPUT where the name is taken or the column was not compared yet, MODEL_UNSUPPORTED, DISK_FULL */
  async save({ modelId, recipe, roles, name }: SaveRequest): Promise<SavedVariant> {
    const entry = await this.#needs.model(modelId)
    const id = `${modelId}-${name}`
    this.#checkName(entry, id, name)
    const { sd3, language } = entry
    const files = (sd3 ?? language)?.files
    if (files === undefined) {
      throw new StudioError(
        'MODEL_UNSUPPORTED',
        `${entry.model.name} runs its graphs together, so one precision of them cannot be saved`,
        {
          field: 'modelId',
          remedy: 'Save variants of picture models and language models.',
        },
      )
    }
    const modelHash = await this.#needs.hash(files)
    const converted = this.#converted(entry, modelHash, recipe, roles)
    const isPicture = sd3 !== undefined
    const listedAs = isPicture ? modelIdSchema.parse(id) : modelId
    const folders = variantFolders(this.#needs.dataFolder)
    const folder = join(isPicture ? folders.models : folders.graphs, id)
    try {
      if (isPicture) pictureModel(entry, folder, converted, { id, name, recipe })
      else putGraph(converted.get('target')!, join(folder, variantGraph))
      const bytes = [...converted.values()].reduce((sum, path) => sum + readGraphOutline(path).bytes, 0)
      const variant: SavedVariant = savedVariantSchema.parse({
        id,
        modelId,
        listedAs,
        name,
        recipe,
        bytes,
        createdAt: Date.now(),
      })
      writeFileSync(join(folder, variantNote), JSON.stringify(variant, null, 2))
      return variant
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    } finally {
      this.#needs.refresh()
    }
  }

  /** Deletes a variant's files. @throws StudioError MODEL_NOT_FOUND */
  forget(variantId: string): SavedVariant[] {
    const variant = this.list().find(({ id }) => id === variantId)
    if (variant === undefined) {
      throw new StudioError('MODEL_NOT_FOUND', `There is no saved variant "${variantId}"`, { field: 'variantId' })
    }
    const { graphs, models } = variantFolders(this.#needs.dataFolder)
    rmSync(join(variant.listedAs === variant.modelId ? graphs : models, variant.id), { recursive: true, force: true })
    this.#needs.refresh()
    return this.list()
  }

  #checkName({ model, language }: LibraryEntry, id: string, name: string): void {
    if (this.list().some((variant) => variant.id === id) || language?.precisions[name] !== undefined) {
      throw new StudioError('INVALID_INPUT', `${model.name} has a precision "${name}" already`, {
        field: 'name',
        remedy: 'Choose another name, or delete the other one first.',
      })
    }
  }

  /** The converted graphs by role. */
  #converted(
    entry: LibraryEntry,
    modelHash: string,
    recipe: Recipe,
    asked: readonly string[] | undefined,
  ): Map<string, string> {
    const store = new VariantStore(this.#needs.storeFolder)
    const roles = asked ?? (entry.sd3 === undefined ? ['target'] : Object.keys(modelGraphs(entry)))
    const found = new Map<string, string>()
    for (const role of roles) {
      // Only the main graph knows the layers that a mix keeps.
      const path =
        store.find({ modelHash, role, recipe }) ?? store.find({ modelHash, role, recipe: { ...recipe, keep: [] } })
      if (path !== null) found.set(role, path)
    }
    const main = entry.sd3 === undefined ? 'target' : 'transformer'
    if (!found.has(main) && asked?.includes(main) !== false) {
      throw new StudioError('INVALID_INPUT', `${recipeLabel(recipe)} has not been made of ${entry.model.name} yet`, {
        field: 'recipe',
        remedy: 'Compare it first: what was compared can be saved.',
      })
    }
    return found
  }
}

/** A file under another name without its bytes being written again, where the disk can do that. */
function put(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  try {
    linkSync(from, to)
  } catch {
    // Another disk, or one without links.
    copyFileSync(from, to)
  }
}

/** A graph with the files of its weights, whose names it holds. */
function putGraph(from: string, to: string): void {
  const [graph, ...weights] = readGraphOutline(from).paths
  put(graph!, to)
  for (const path of weights) put(path, join(dirname(to), basename(path)))
}

const weightEndings = new Set(['.onnx', '.data', '.onnx_data', '.png'])

/** A folder like the model's own, with the converted graphs in place of theirs. */
function pictureModel(
  { sd3, model }: LibraryEntry,
  folder: string,
  converted: ReadonlyMap<string, string>,
  { id, name, recipe }: { id: string; name: string; recipe: Recipe },
): void {
  const own = sd3!
  mkdirSync(folder, { recursive: true })
  cpSync(own.path, folder, {
    recursive: true,
    filter: (source) => statSync(source).isDirectory() || !weightEndings.has(extname(source)),
  })
  for (const [role, path] of Object.entries(own.graphs))
    putGraph(converted.get(role) ?? path, join(folder, role, variantGraph))
  const manifestPath = join(own.path, 'studio.json')
  const manifest = existsSync(manifestPath)
    ? (JSON.parse(readFileSync(manifestPath, 'utf8')) as Record<string, unknown>)
    : {}
  // Files are where their roles say, and are not those whose hashes were published.
  const rest = Object.entries(manifest).filter(([field]) => field !== 'graphs' && field !== 'files')
  const changed = {
    ...Object.fromEntries(rest),
    schemaVersion: 1,
    family: 'sd3',
    id,
    name: `${model.name}, ${name}`,
    precision: recipeLabel(recipe),
  }
  writeFileSync(join(folder, 'studio.json'), JSON.stringify(changed, null, 2))
}
