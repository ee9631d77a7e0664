// Reads a model folder into what the engine needs to know, whatever exporter wrote it. Files only: nothing is loaded.

import type { ImageVocabulary } from '../../contract/models'
import path from 'node:path'
import { StudioError } from '../../contract/errors'
import { limits } from '../../contract/images'
import { readGraphOutline, type GraphOutline } from '../runtime/graph-outline'
import { readFolderConfigs, type FolderConfigs } from './folder-configs'
import { findGraphs, resolveLayout, type FoundGraphs } from './folder-layout'
import type { ImageRole } from './image-run'
import type { LatentColours } from './preview'
import { sd3Colours } from './preview'
import type { DynamicShift } from './schedule'
import type { VaeFacts } from './vae'

export type EncoderName = 'CLIP-L' | 'CLIP-G' | 'T5'

/** A text encoder that the folder has. */
export interface EncoderFacts {
  readonly name: EncoderName
  readonly role: 'text_encoder' | 'text_encoder_2' | 'text_encoder_3'
  /** Folder of its tokenizer. */
  readonly tokenizer: string
  readonly maxTokens: number
}

/** What is wrong with a folder, and what to do. */
export interface FolderProblem {
  readonly message: string
  readonly remedy: string
}

/** A Stable Diffusion 3 model on disk. Plain data: it can be sent to another thread. */
export interface Sd3Folder {
  readonly path: string
  readonly name: string
  readonly description: string
  readonly layout: string
  readonly licence?: string
  readonly precision?: string
  /** Bytes of all graphs with their weights. */
  readonly bytes: number
  /** Graph files by role. */
  readonly graphs: Readonly<Partial<Record<ImageRole, string>>>
  /** The files that hold weights or graphs, for hashing. */
  readonly files: readonly string[]
  readonly encoders: readonly EncoderFacts[]
  /** Rows that stand for CLIP in the context, with it or without. */
  readonly clipLength: number
  /** The same for T5. */
  readonly t5Length: number
  readonly defaults: {
    readonly width: number
    readonly height: number
    readonly steps: number
    readonly guidanceScale: number
    readonly shift: number
  }
  readonly dynamicShift?: DynamicShift
  readonly sizes: readonly (readonly [number, number])[]
  readonly maxSide: number
  /** Width and height are multiples of this many pixels. */
  readonly sideMultiple: number
  readonly vae: VaeFacts
  /** Width of the context where the graph does not say. */
  readonly contextWidth: number
  readonly gatedBlocks: number
  readonly latentColours: LatentColours
  readonly previewRange: 'signed' | 'unit'
  readonly prompts: readonly string[]
  readonly vocabulary?: ImageVocabulary
  /** Empty where the model can draw. */
  readonly problems: readonly FolderProblem[]
}

const textRoles = [
  ['CLIP-L', 'text_encoder', 'tokenizer'],
  ['CLIP-G', 'text_encoder_2', 'tokenizer_2'],
  ['T5', 'text_encoder_3', 'tokenizer_3'],
] as const

/** Whether a folder is meant to hold a Stable Diffusion 3 model, whole or not. */
export async function isSd3Folder(folder: string): Promise<boolean> {
  return (await resolveLayout(folder)) !== undefined
}

/**
 * Reads a model folder. What is missing or broken is listed in `problems`, with the file's name, not thrown.
 * @throws StudioError MODEL_UNSUPPORTED where it is not a Stable Diffusion 3 model
 */
export async function readSd3Folder(folder: string): Promise<Sd3Folder> {
  const layout = await resolveLayout(folder)
  if (layout === undefined) {
    throw new StudioError(
      'MODEL_UNSUPPORTED',
      `The folder ${path.basename(folder)} holds no Stable Diffusion 3 model`,
      {
        remedy: 'Choose the folder that has transformer, vae_decoder and text_encoder folders in it.',
        detail: folder,
      },
    )
  }
  const problems: FolderProblem[] = []
  const note = <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof StudioError)) throw error
      problems.push({ message: error.message, remedy: error.data.remedy ?? 'Download the model again.' })
      return undefined
    }
  }
  const configs = await readFolderConfigs(layout.root)
  configs.problems.forEach((problem) => problems.push(problem))
  const found = findGraphs(layout.root, configs.manifest)
  const outlines = new Map<ImageRole, GraphOutline>()
  for (const [role, file] of Object.entries(found) as [ImageRole, string][]) {
    const outline = note(() => readGraphOutline(file))
    if (outline !== undefined) outlines.set(role, outline)
  }
  const encoders = readEncoders(layout.root, found, configs)
  problems.push(...missingParts(layout.root, found, encoders))
  return describeFolder({ ...layout, folder, configs, found, outlines, encoders, problems })
}

function readEncoders(root: string, found: FoundGraphs, configs: FolderConfigs): EncoderFacts[] {
  return textRoles
    .filter(([, role]) => found[role] !== undefined)
    .map(([name, role, tokenizer]) => ({
      name,
      role,
      tokenizer: path.join(root, tokenizer),
      maxTokens: name === 'T5' ? configs.t5Length : configs.clipLength,
    }))
}

function missingParts(root: string, found: FoundGraphs, encoders: readonly EncoderFacts[]): FolderProblem[] {
  const where = path.basename(root)
  const missing = (part: string): FolderProblem => ({
    message: `${where} has no ${part}/model.onnx`,
    remedy: `Download or copy the folder ${part} of this model into ${where}.`,
  })
  const problems = (['transformer', 'vae_decoder'] as const).filter((role) => found[role] === undefined).map(missing)
  return encoders.length === 0 ? [...problems, missing('text_encoder')] : problems
}

function describeFolder(from: {
  folder: string
  root: string
  layout: string
  configs: FolderConfigs
  found: FoundGraphs
  outlines: ReadonlyMap<ImageRole, GraphOutline>
  encoders: readonly EncoderFacts[]
  problems: readonly FolderProblem[]
}): Sd3Folder {
  const { configs, outlines } = from
  const { manifest, defaults } = configs
  const name = configs.name ?? path.basename(from.folder)
  const precision = configs.precision ?? mainPrecision(outlines.get('transformer'))
  const licence = manifest?.licence
  const gates = outlines.get('transformer')?.inputs.find((input) => input.name === 'block_gates')?.shape[0]
  return {
    path: from.root,
    name,
    description: configs.description ?? '',
    layout: from.layout,
    ...(licence === undefined ? {} : { licence }),
    ...(precision === undefined ? {} : { precision }),
    bytes: [...outlines.values()].reduce((sum, outline) => sum + outline.bytes, 0),
    graphs: from.found,
    files: [...outlines.values()].flatMap((outline) => outline.paths),
    encoders: from.encoders,
    clipLength: configs.clipLength,
    t5Length: configs.t5Length,
    defaults,
    ...(configs.dynamicShift === undefined ? {} : { dynamicShift: configs.dynamicShift }),
    sizes: manifest?.sizes ?? suggestSizes(defaults.width, defaults.height, configs.sideMultiple),
    maxSide: Math.min(limits.maxSide, configs.maxSide),
    sideMultiple: configs.sideMultiple,
    vae: configs.vae,
    contextWidth: configs.contextWidth,
    gatedBlocks: typeof gates === 'number' ? gates : 0,
    latentColours: manifest?.latentColours ?? sd3Colours,
    previewRange: manifest?.previewRange ?? 'signed',
    prompts: manifest?.prompts ?? [],
    ...(manifest?.vocabulary === undefined ? {} : { vocabulary: manifest.vocabulary }),
    problems: from.problems,
  }
}

/** The sizes of about the default's area that the SD3 authors name, for a default of 1024 px. */
const shapes = [
  [1024, 1024],
  [1152, 896],
  [896, 1152],
  [1216, 832],
  [832, 1216],
  [1344, 768],
  [768, 1344],
] as const

function suggestSizes(width: number, height: number, multiple: number): [number, number][] {
  const base = Math.sqrt(width * height) / 1024
  const round = (side: number): number => Math.max(limits.minSide, Math.round((side * base) / multiple) * multiple)
  const sizes: [number, number][] = [[width, height], ...shapes.map(([w, h]): [number, number] => [round(w), round(h)])]
  return sizes.filter(([w, h], index) => sizes.findIndex(([w2, h2]) => w === w2 && h === h2) === index)
}

function mainPrecision(outline: GraphOutline | undefined): string | undefined {
  const types = [...(outline?.weightBytes ?? [])].sort(([, one], [, other]) => other - one)
  return types[0]?.[0]
}
