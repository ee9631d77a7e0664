import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { StudioError } from '../../contract/errors'
import { modelIdSchema, type ModelId } from '../../contract/ids'
import { savedVariantSchema, type Recipe, type SavedVariant } from '../../contract/precision'
import { decoderRoles, variantFor } from '../chat/folder'
import type { LibraryEntry } from '../models/recognise'
import {
  removedVariants,
  savedVariants,
  variantFolder,
  variantFolders,
  variantGraph,
  variantGraphOf,
  variantNote,
} from '../models/saved-variants'
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

/** Keeps converted graphs as precisions of their model, or of models that only draw as a model of their own. */
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
    const { sd3, language, detector, bagel } = entry
    const files = (sd3 ?? language ?? detector ?? bagel)?.files
    if (files === undefined) {
      throw new StudioError('MODEL_UNSUPPORTED', `${entry.model.name} is of no family whose variants can be saved`, {
        field: 'modelId',
      })
    }
    const modelHash = await this.#needs.hash(files)
    const converted = this.#converted(entry, modelHash, recipe, roles)
    const isPicture = sd3 !== undefined
    const listedAs = isPicture ? modelIdSchema.parse(id) : modelId
    const folders = variantFolders(this.#needs.dataFolder)
    const folder = join(isPicture ? folders.models : folders.graphs, id)
    try {
      if (isPicture) pictureModel(entry, folder, converted, { id, name, recipe })
      else if (bagel !== undefined) {
        for (const [role, path] of converted) putGraph(path, variantGraphOf(folder, role))
      } else putGraph(converted.get(mainRole(entry))!, join(folder, variantGraph))
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

  /** Takes a variant out of the library; its files stay until `purge`. @throws StudioError MODEL_NOT_FOUND */
  forget(variantId: string): SavedVariant[] {
    const { dataFolder } = this.#needs
    const variant = variantOf(this.list(), variantId)
    const target = join(variantFolders(dataFolder).removed, variant.id)
    mkdirSync(dirname(target), { recursive: true })
    // One of the same name that was taken out before makes room.
    rmSync(target, { recursive: true, force: true })
    renameSync(variantFolder(dataFolder, variant), target)
    // What `purge` goes by.
    utimesSync(join(target, variantNote), new Date(), new Date())
    this.#needs.refresh()
    return this.list()
  }

  /** Brings back what was taken out. @throws StudioError MODEL_NOT_FOUND, INVALID_INPUT where its name was taken meanwhile */
  recall(variantId: string): SavedVariant[] {
    const { dataFolder } = this.#needs
    const variant = variantOf(removedVariants(dataFolder), variantId)
    if (this.list().some(({ id }) => id === variant.id)) throw taken(variant.modelId, variant.name, 'variantId')
    const target = variantFolder(dataFolder, variant)
    mkdirSync(dirname(target), { recursive: true })
    renameSync(join(variantFolders(dataFolder).removed, variant.id), target)
    this.#needs.refresh()
    return this.list()
  }

  /** Deletes the files of what was taken out before then (milliseconds since 1970). */
  purge(removedBefore: number): void {
    const { removed } = variantFolders(this.#needs.dataFolder)
    for (const { id } of removedVariants(this.#needs.dataFolder)) {
      if (statSync(join(removed, id, variantNote)).mtimeMs >= removedBefore) continue
      rmSync(join(removed, id), { recursive: true, force: true })
    }
  }

  #checkName({ model, language, detector, bagel }: LibraryEntry, id: string, name: string): void {
    const own = language?.precisions ?? detector?.precisions ?? bagel?.precisions
    if (this.list().some((variant) => variant.id === id) || own?.[name] !== undefined) {
      throw taken(model.name, name, 'name')
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
    const main = mainRole(entry)
    const hasSeveral = entry.sd3 !== undefined || entry.bagel !== undefined
    const roles = asked ?? (hasSeveral ? Object.keys(modelGraphs(entry)) : [main])
    const found = new Map<string, string>()
    for (const role of roles) {
      // Only the main graph knows the layers that a mix keeps.
      const path =
        store.find({ modelHash, role, recipe }) ?? store.find({ modelHash, role, recipe: { ...recipe, keep: [] } })
      if (path !== null) found.set(role, path)
    }
    if (!found.has(main) && asked?.includes(main) !== false) {
      throw new StudioError('INVALID_INPUT', `${recipeLabel(recipe)} has not been made of ${entry.model.name} yet`, {
        field: 'recipe',
        remedy: 'Compare it first, or once more where its files have changed: what was compared can be saved.',
      })
    }
    return found
  }
}

/** The graph that a variant cannot be without. */
function mainRole({ sd3, detector, bagel }: LibraryEntry): string {
  if (sd3 !== undefined) return 'transformer'
  if (bagel !== undefined) return decoderRoles(variantFor(bagel))[0] ?? 'decoder'
  return detector === undefined ? 'target' : 'detect'
}

function variantOf(variants: readonly SavedVariant[], variantId: string): SavedVariant {
  const variant = variants.find(({ id }) => id === variantId)
  if (variant !== undefined) return variant
  throw new StudioError('MODEL_NOT_FOUND', `There is no saved variant "${variantId}"`, { field: 'variantId' })
}

function taken(model: string, name: string, field: string): StudioError {
  return new StudioError('INVALID_INPUT', `${model} has a precision "${name}" already`, {
    field,
    remedy: 'Choose another name, or delete the other one first.',
  })
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
