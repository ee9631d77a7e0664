// Reads the folder of a BAGEL model into what the engine needs to know. Files only: nothing is loaded.

import path from 'node:path'
import * as z from 'zod'
import { StudioError } from '../../contract/errors'
import { readGraphOutline, type GraphOutline } from '../runtime/graph-outline'
import { checkTextFiles, readOutlines, weightFiles, type FolderProblem } from '../text/folder-checks'
import { readJson, readOptionalJson } from '../text/model-files'
import { checkBagelFolder } from './folder-problems'
import {
  bagelManifestSchema,
  graphRoles,
  type BagelFacts,
  type BagelManifest,
  type GraphFiles,
  type GraphRole,
} from './manifest'

/** A piece of the decoder: the layers from `first` up to, but not, `end`. */
export interface DecoderPart {
  readonly file: string
  readonly first: number
  readonly end: number
}

/** The graphs of one precision. */
export interface BagelVariant {
  readonly graphs: Readonly<Partial<Record<GraphRole, string>>>
  readonly decoder: readonly DecoderPart[]
  /** Bytes on disk by role, `decoder` included. */
  readonly weights: Readonly<Partial<Record<GraphRole | 'decoder', number>>>
  /** Of those, bytes in half precision. */
  readonly halves: Readonly<Partial<Record<GraphRole | 'decoder', number>>>
  /** About so many parameters: packed 4-bit ones count for half of theirs. */
  readonly parameters: Readonly<Partial<Record<GraphRole | 'decoder', number>>>
}

/** A BAGEL model on disk. Plain data: it can be sent to another thread. */
export interface BagelFolder {
  readonly path: string
  readonly name: string
  readonly description: string
  readonly layout: 'Atelier'
  readonly licence?: string
  /** Bytes of all graphs with their weights. */
  readonly bytes: number
  /** The files that hold weights or graphs, for hashing. */
  readonly files: readonly string[]
  readonly precisions: Readonly<Record<string, BagelVariant>>
  readonly defaultPrecision: string
  readonly facts: BagelFacts
  readonly prompts: readonly string[]
  /** Empty where the model can chat. */
  readonly problems: readonly FolderProblem[]
}

const familySchema = z.looseObject({ family: z.string() })

/** Whether a folder is meant to hold a BAGEL model, whole or not. */
export async function isBagelFolder(folder: string): Promise<boolean> {
  try {
    return (await readOptionalJson(path.join(folder, 'studio.json'), familySchema))?.family === 'bagel'
  } catch (error) {
    // A damaged studio.json says nothing of the family.
    if (!(error instanceof StudioError)) throw error
    return false
  }
}

/**
 * Reads a model folder. What is missing or broken is listed in `problems`, with the file's name, not thrown.
 * @throws StudioError MODEL_BROKEN where studio.json cannot be read
 */
export async function readBagelFolder(folder: string): Promise<BagelFolder> {
  const manifest = await readJson(path.join(folder, 'studio.json'), bagelManifestSchema)
  const problems: FolderProblem[] = []
  const all = filesByPrecision(manifest)
  const names = [...new Set(Object.values(all).flatMap(namesOf))]
  const outlines = new Map<string, GraphOutline>()
  for (const name of names) {
    const [outline] = await readOutlines([path.join(folder, name)], problems)
    if (outline !== undefined) outlines.set(name, outline)
  }
  await checkTextFiles(folder, problems)
  problems.push(...checkBagelFolder(path.basename(folder), manifest.bagel, all, outlines))
  const defaultPrecision = manifest.defaultPrecision ?? manifest.precision
  if (all[defaultPrecision] === undefined) {
    problems.push({
      message: `studio.json names "${defaultPrecision}" as default precision, which is none of its precisions`,
      remedy: `Set defaultPrecision to one of: ${Object.keys(all).join(', ')}.`,
    })
  }
  const { name, description = '', licence, bagel, prompts = [] } = manifest
  return {
    path: folder,
    name: name ?? path.basename(folder),
    description,
    layout: 'Atelier',
    ...(licence === undefined ? {} : { licence }),
    ...weightFiles([...outlines.values()]),
    precisions: Object.fromEntries(
      Object.entries(all).map(([precision, files]) => [precision, variantOf(folder, files, outlines)]),
    ),
    defaultPrecision,
    facts: bagel,
    prompts,
    problems,
  }
}

/** The graphs of each precision: those of `graphs`, with the ones that a precision has of its own. */
function filesByPrecision({ graphs, precision, precisions }: BagelManifest): Record<string, GraphFiles> {
  const others = Object.entries(precisions).map(([name, own]) => [name, { ...graphs, ...own }] as const)
  return { [precision]: graphs, ...Object.fromEntries(others) }
}

function namesOf(files: GraphFiles): string[] {
  const graphs = graphRoles.map((role) => files[role]).filter((name) => name !== undefined)
  return [...graphs, ...(files.decoder ?? []).map((part) => part.file)]
}

function variantOf(folder: string, files: GraphFiles, outlines: ReadonlyMap<string, GraphOutline>): BagelVariant {
  const graphs = graphRoles.flatMap((role) => {
    const name = files[role]
    return name === undefined ? [] : [[role, path.join(folder, name)] as const]
  })
  const parts = files.decoder ?? []
  const decoder = parts.map(({ file, layers: [first, end] }) => ({ file: path.join(folder, file), first, end }))
  const named = (name: string): GraphOutline | undefined => outlines.get(path.relative(folder, name))
  return weighed({ graphs: Object.fromEntries(graphs), decoder }, named)
}

/** What the graphs of a precision weigh. @param outlineOf undefined of a file that cannot be read */
function weighed(
  { graphs, decoder }: Pick<BagelVariant, 'graphs' | 'decoder'>,
  outlineOf: (file: string) => GraphOutline | undefined,
): BagelVariant {
  const weights: Partial<Record<GraphRole | 'decoder', number>> = {}
  const halves: Partial<Record<GraphRole | 'decoder', number>> = {}
  const parameters: Partial<Record<GraphRole | 'decoder', number>> = {}
  const weigh = (role: GraphRole | 'decoder', files: readonly string[]): void => {
    const known = files.map((file) => outlineOf(file)).filter((outline) => outline !== undefined)
    weights[role] = weightFiles(known).bytes
    halves[role] = known.reduce((sum, { weightBytes }) => sum + (weightBytes.get('float16') ?? 0), 0)
    const types = known.flatMap(({ weightBytes }) => [...weightBytes])
    parameters[role] = types.reduce((sum, [type, bytes]) => sum + bytes / bytesOf(type), 0)
  }
  for (const role of graphRoles) if (graphs[role] !== undefined) weigh(role, [graphs[role]])
  weigh(
    'decoder',
    decoder.map(({ file }) => file),
  )
  return { graphs, decoder, weights, halves, parameters }
}

/** The roles of a precision's decoder, which may come in parts. */
export function decoderRoles({ decoder }: Pick<BagelVariant, 'decoder'>): string[] {
  return decoder.map((_, index) => (decoder.length === 1 ? 'decoder' : `decoder_${index}`))
}

/**
 * A folder with one more precision: the default's graphs, some of them replaced.
 * @param paths graph files by role, the decoder's as in `decoderRoles`
 */
export function withPrecision(
  folder: BagelFolder,
  precision: string,
  paths: Readonly<Record<string, string>>,
): BagelFolder {
  const own = variantFor(folder)
  const graphs = { ...own.graphs }
  for (const role of graphRoles) if (paths[role] !== undefined) graphs[role] = paths[role]
  const roles = decoderRoles(own)
  const decoder = own.decoder.map((part, index) => ({ ...part, file: paths[roles[index]!] ?? part.file }))
  const variant = weighed({ graphs, decoder }, readGraphOutline)
  return { ...folder, precisions: { ...folder.precisions, [precision]: variant } }
}

function bytesOf(type: string): number {
  if (type.endsWith('16')) return 2
  if (type.endsWith('32')) return 4
  return type.endsWith('int4') ? 0.5 : 1
}

/** The graphs of a precision. @throws StudioError INVALID_INPUT naming those that there are */
export function variantFor(folder: BagelFolder, precision = folder.defaultPrecision): BagelVariant {
  const variant = folder.precisions[precision]
  if (variant !== undefined) return variant
  throw new StudioError('INVALID_INPUT', `${folder.name} has no precision "${precision}"`, {
    field: 'precision',
    remedy: `Choose one of: ${Object.keys(folder.precisions).join(', ')}.`,
  })
}
