// Reads a language model's folder into what decoding needs to know. Files only: nothing is loaded.

import { existsSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import { StudioError } from '../../contract/errors'
import type { GraphOutline } from '../runtime/graph-outline'
import { checkTextFiles, missingFile, readOutlines, weightFiles, type FolderProblem } from './folder-checks'
import { drafterRoles, languageManifestSchema, type DrafterRole, type LanguageManifest } from './language-manifest'
import type { LanguageSizes } from './language-model'
import { readJson, readOptionalJson } from './model-files'
import { findStandardGraphs, readStandardFolder } from './standard-folder'

/** Files of the target in one precision. */
export interface PrecisionFiles {
  readonly target: string
  readonly lower?: string
  readonly upper?: string
}

export interface DrafterFacts {
  readonly file: string
  /** SHA-256 of the target's weights that it was trained on. */
  readonly target?: string
  readonly heads?: number
  readonly tree?: readonly (readonly number[])[]
}

/** A causal language model on disk. Plain data: it can be sent to another thread. */
export interface LanguageFolder {
  readonly path: string
  readonly name: string
  readonly description: string
  /** "Atelier" graphs return new rows alone and take trees; "transformers.js" ones return all rows and draft chains only. */
  readonly layout: 'Atelier' | 'transformers.js'
  readonly licence?: string
  /** Bytes of all graphs with their weights. */
  readonly bytes: number
  /** The files that hold weights or graphs, for hashing. */
  readonly files: readonly string[]
  readonly sizes: LanguageSizes
  readonly beginToken: number | null
  readonly endTokens: readonly number[]
  readonly precisions: Readonly<Record<string, PrecisionFiles>>
  readonly defaultPrecision: string
  /** The default, or where its weights are made while it loads, the one that they are made of. */
  readonly storedPrecision: string
  readonly drafters: Readonly<Partial<Record<DrafterRole, DrafterFacts>>>
  /** The data store that retrieval drafts from. */
  readonly retrieval?: string
  readonly hasChatTemplate: boolean
  readonly prompts: readonly string[]
  /** Empty where the model can write. */
  readonly problems: readonly FolderProblem[]
}

const familySchema = z.looseObject({ family: z.string() })

/** Whether a folder is meant to hold a causal language model, whole or not. */
export async function isLanguageFolder(folder: string): Promise<boolean> {
  return (await layoutOf(folder)) !== undefined
}

async function layoutOf(folder: string): Promise<LanguageFolder['layout'] | undefined> {
  try {
    const manifest = await readOptionalJson(path.join(folder, 'studio.json'), familySchema)
    if (manifest !== undefined) return manifest.family === 'causal-lm' ? 'Atelier' : undefined
  } catch (error) {
    // A damaged studio.json says nothing of the family; another room may know the folder by its other files.
    if (!(error instanceof StudioError)) throw error
    return undefined
  }
  return findStandardGraphs(folder).length > 0 ? 'transformers.js' : undefined
}

/**
 * Reads a model folder. What is missing or broken is listed in `problems`, with the file's name, not thrown.
 * @throws StudioError MODEL_UNSUPPORTED where it is no language model, MODEL_BROKEN where not even its sizes can be read
 */
export async function readLanguageFolder(folder: string): Promise<LanguageFolder> {
  const layout = await layoutOf(folder)
  if (layout === 'transformers.js') return readStandardFolder(folder)
  if (layout === 'Atelier') return readOwnFolder(folder)
  throw new StudioError('MODEL_UNSUPPORTED', `The folder ${path.basename(folder)} holds no language model`, {
    remedy: 'Choose the folder that has studio.json, or config.json and an onnx folder, in it.',
    detail: folder,
  })
}

async function readOwnFolder(folder: string): Promise<LanguageFolder> {
  const manifest = await readJson(path.join(folder, 'studio.json'), languageManifestSchema)
  const { precisions, drafters, retrieval } = absolutePaths(folder, manifest)
  const defaultPrecision = manifest.defaultPrecision ?? Object.keys(precisions)[0]!
  const problems: FolderProblem[] = []
  if (precisions[defaultPrecision] === undefined) {
    problems.push({
      message: `studio.json names "${defaultPrecision}" as default precision, which is none of its precisions`,
      remedy: `Set defaultPrecision to one of: ${Object.keys(precisions).join(', ')}.`,
    })
  }
  const graphFiles = [
    ...Object.values(precisions).flatMap(({ target, lower, upper }) => [target, lower, upper]),
    ...Object.values(drafters).map((drafter) => drafter.file),
  ].filter((file) => file !== undefined)
  const outlines = await readOutlines(graphFiles, problems)
  const { hasChatTemplate } = await checkTextFiles(folder, problems)
  if (retrieval !== undefined && !existsSync(retrieval)) problems.push(missingFile(folder, path.basename(retrieval)))
  const { name, description = '', licence, sizes, beginToken, endTokens, prompts = [] } = manifest
  return {
    path: folder,
    name: name ?? path.basename(folder),
    description,
    layout: 'Atelier',
    ...(licence === undefined ? {} : { licence }),
    ...weightFiles(outlines),
    sizes,
    beginToken,
    endTokens,
    precisions,
    defaultPrecision,
    storedPrecision: storedPrecision(precisions, defaultPrecision, outlines),
    drafters,
    ...(retrieval === undefined ? {} : { retrieval }),
    hasChatTemplate,
    prompts,
    problems,
  }
}

function storedPrecision(
  precisions: LanguageFolder['precisions'],
  preferred: string,
  outlines: readonly GraphOutline[],
): string {
  const made = new Set(outlines.filter(({ requantised }) => requantised !== null).map(({ paths }) => paths[0]))
  const isStored = (name: string): boolean => precisions[name] !== undefined && !made.has(precisions[name].target)
  return [preferred, ...Object.keys(precisions)].find(isStored) ?? preferred
}

function absolutePaths(
  folder: string,
  manifest: LanguageManifest,
): Pick<LanguageFolder, 'precisions' | 'drafters' | 'retrieval'> {
  const at = (file: string): string => path.join(folder, file)
  const precisions = Object.fromEntries(
    Object.entries(manifest.precisions).map(([name, { target, lower, upper }]): [string, PrecisionFiles] => [
      name,
      {
        target: at(target),
        ...(lower === undefined || upper === undefined ? {} : { lower: at(lower), upper: at(upper) }),
      },
    ]),
  )
  const drafters: Partial<Record<DrafterRole, DrafterFacts>> = {}
  for (const role of drafterRoles) {
    const drafter = manifest.drafters[role]
    if (drafter === undefined) continue
    const { target, heads, tree } = drafter
    drafters[role] = {
      file: at(drafter.file),
      ...(target === undefined ? {} : { target }),
      ...(heads === undefined ? {} : { heads }),
      ...(tree === undefined ? {} : { tree }),
    }
  }
  const { retrieval } = manifest
  return { precisions, drafters, ...(retrieval === undefined ? {} : { retrieval: at(retrieval.file) }) }
}
