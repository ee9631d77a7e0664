// Folders as transformers' exporters leave them: config.json, preprocessor_config.json and model*.onnx, beside them or in onnx/.

import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import type { DetectorArchitecture, DetectorClass } from '../../contract/detection'
import { StudioError } from '../../contract/errors'
import type { GraphOutline } from '../runtime/graph-outline'
import type { ResampleFilter } from '../tensor/resample'
import { missingFile, weightFiles } from '../text/folder-checks'
import { readJson, readOptionalJson } from '../text/model-files'
import { foreignScore, type DetectorSpec } from './detector-spec'
import type { DetectorFolder, DetectorProblem } from './folder'
import type { PictureInput, Placing } from './picture-input'
import { outlinesOf, unknownHead } from './read-outline'

const configSchema = z.looseObject({
  model_type: z.string().optional(),
  architectures: z.array(z.string()).nullish(),
  id2label: z.record(z.string(), z.string()).optional(),
  _name_or_path: z.string().nullish(),
})
type Config = z.output<typeof configSchema>

const sizeSchema = z.union([
  z.number().transform((side) => ({ shortest_edge: side, longest_edge: undefined })),
  z.looseObject({ height: z.number(), width: z.number() }),
  z.looseObject({ shortest_edge: z.number(), longest_edge: z.number().optional() }),
])
const three = z.tuple([z.number(), z.number(), z.number()])
const preprocessorSchema = z.looseObject({
  do_resize: z.boolean().default(true),
  size: sizeSchema.optional(),
  /** PIL's number of the filter. */
  resample: z.int().default(2),
  do_rescale: z.boolean().default(true),
  rescale_factor: z.number().default(1 / 255),
  do_normalize: z.boolean().default(true),
  image_mean: three.optional(),
  image_std: three.optional(),
})
type Preprocessor = z.output<typeof preprocessorSchema>

interface KnownType {
  readonly name: string
  readonly architecture: DetectorArchitecture & ('detr' | 'rt-detr')
  /** Sides are made multiples of it. */
  readonly multiple?: number
  /** Pairs of query and class that count, where it is not as many as there are queries. */
  readonly pairs?: number
}

/** By config.json's model_type: the decoder that reads it. */
const knownTypes: Readonly<Record<string, KnownType>> = {
  detr: { name: 'DETR', architecture: 'detr' },
  'table-transformer': { name: 'Table Transformer', architecture: 'detr' },
  yolos: { name: 'YOLOS', architecture: 'detr', multiple: 16 },
  rt_detr: { name: 'RT-DETR', architecture: 'rt-detr' },
  rt_detr_v2: { name: 'RT-DETRv2', architecture: 'rt-detr' },
  d_fine: { name: 'D-FINE', architecture: 'rt-detr' },
  conditional_detr: { name: 'Conditional DETR', architecture: 'rt-detr', pairs: 100 },
  deformable_detr: { name: 'Deformable DETR', architecture: 'rt-detr', pairs: 100 },
}

const filters: Readonly<Record<number, ResampleFilter>> = { 1: 'lanczos', 2: 'bilinear', 3: 'bicubic', 4: 'box' }
const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const
const graphPattern = /^model(?:_(?<precision>[a-z0-9]+))?\.onnx$/u
/** The surest first. */
const preferred = ['fp32', 'fp16', 'int8', 'quantized', 'uint8', 'q8']

/** Whether config.json says that the folder holds a detector. */
export async function isExportFolder(folder: string): Promise<boolean> {
  try {
    const config = await readOptionalJson(path.join(folder, 'config.json'), configSchema)
    return config !== undefined && !existsSync(path.join(folder, 'studio.json')) && isDetection(config)
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    return false
  }
}

function isDetection({ model_type, architectures }: Config): boolean {
  if (model_type !== undefined && knownTypes[model_type] !== undefined) return true
  return architectures?.some((name) => name.endsWith('ForObjectDetection')) === true
}

/** @throws StudioError MODEL_BROKEN where a configuration cannot be read */
export async function readExportFolder(folder: string): Promise<DetectorFolder> {
  const config = await readJson(path.join(folder, 'config.json'), configSchema)
  const preprocessor = await readOptionalJson(path.join(folder, 'preprocessor_config.json'), preprocessorSchema)
  const problems: DetectorProblem[] = []
  const graphs = findGraphs(folder)
  if (graphs.length === 0) problems.push(missingFile(folder, path.join('onnx', 'model.onnx')))
  if (preprocessor === undefined) problems.push(missingFile(folder, 'preprocessor_config.json'))
  const outlines = await outlinesOf(
    graphs.map(({ detect }) => detect),
    problems,
  )
  const known = knownTypes[config.model_type ?? '']
  const [outline] = outlines.values()
  const classes = classesOf(config)
  if (outline !== undefined) problems.push(...headProblems(config, known, classes, outline))
  const name = path.basename(config._name_or_path || folder) || path.basename(folder)
  return {
    path: folder,
    name,
    description: '',
    layout: 'transformers.js',
    ...weightFiles([...outlines.values()]),
    precisions: Object.fromEntries(graphs.map(({ precision, detect }) => [precision, { detect }])),
    defaultPrecision: graphs[0]?.precision ?? 'fp32',
    spec: known === undefined || preprocessor === undefined ? null : specOf(known, classes, preprocessor),
    problems,
  }
}

function findGraphs(folder: string): { precision: string; detect: string }[] {
  const found = new Map<string, string>()
  for (const place of [folder, path.join(folder, 'onnx')]) {
    if (!existsSync(place)) continue
    for (const name of readdirSync(place).sort()) {
      const groups = graphPattern.exec(name)?.groups
      if (groups !== undefined) found.set(groups['precision'] ?? 'fp32', path.join(place, name))
    }
  }
  const rank = (precision: string): number => (preferred.indexOf(precision) + 99) % 99
  return [...found]
    .map(([precision, detect]) => ({ precision, detect }))
    .sort((a, b) => rank(a.precision) - rank(b.precision))
}

/** The names that there are; numbers that were left free ("N/A") have none. */
function classesOf({ id2label = {} }: Config): DetectorClass[] {
  return Object.entries(id2label)
    .map(([id, name]) => ({ id: Number(id), name }))
    .filter(({ id, name }) => Number.isInteger(id) && name !== 'N/A')
    .sort((a, b) => a.id - b.id)
}

function headProblems(
  { model_type = 'unknown' }: Config,
  known: KnownType | undefined,
  classes: readonly DetectorClass[],
  outline: GraphOutline,
): DetectorProblem[] {
  if (known === undefined) return [unknownHead(outline, `There is no decoder for models of type "${model_type}"`)]
  const has = (values: GraphOutline['inputs'], name: string): boolean => values.some((value) => value.name === name)
  const others = outline.inputs.filter(({ name }) => name !== 'pixel_values' && name !== 'pixel_mask')
  const logits = outline.outputs.find(({ name }) => name === 'logits')
  if (!has(outline.inputs, 'pixel_values') || others.length > 0 || !has(outline.outputs, 'pred_boxes') || !logits) {
    return [unknownHead(outline, `This ${known.name} was exported in a form that is not known`)]
  }
  const columns = logits.shape[2]
  const wanted = (classes.at(-1)?.id ?? -1) + 1 + (known.architecture === 'detr' ? 1 : 0)
  if (classes.length > 0 && (typeof columns !== 'number' || columns >= wanted)) return []
  return [
    {
      message: `config.json names ${classes.length} classes, but the network gives ${String(columns)} scores a box`,
      remedy: 'Put the config.json that belongs to this network beside it; its id2label has the names.',
    },
  ]
}

function specOf(known: KnownType, classes: readonly DetectorClass[], preprocessor: Preprocessor): DetectorSpec {
  const { architecture, name, pairs } = known
  return {
    architecture,
    architectureName: name,
    classes,
    input: inputOf(preprocessor, known.multiple ?? 1),
    defaults: { score: 0.5, overlap: 0.5 },
    scoreMeaning: foreignScore,
    ...(pairs === undefined ? {} : { pairs }),
  }
}

function inputOf(preprocessor: Preprocessor, multiple: number): PictureInput {
  const { do_rescale, rescale_factor, do_normalize, image_mean, image_std, resample } = preprocessor
  return {
    placing: placingOf(preprocessor.size, multiple),
    filter: filters[resample] ?? 'bilinear',
    antialias: true,
    channelOrder: 'RGB',
    scale: do_rescale ? 1 / rescale_factor : 1,
    mean: do_normalize ? (image_mean ?? [...imageNet.mean]) : [0, 0, 0],
    std: do_normalize ? (image_std ?? [...imageNet.std]) : [1, 1, 1],
  }
}

/** Sizes that transformers takes where none is written. */
const published = { shortest: 800, longest: 1333 } as const

function placingOf(size: Preprocessor['size'], multiple: number): Placing {
  if (size === undefined) return { mode: 'fit', ...published, multiple }
  if ('width' in size) {
    const { width, height } = size as { width: number; height: number }
    return { mode: 'stretch', width, height }
  }
  const { shortest_edge: shortest, longest_edge } = size
  return { mode: 'fit', shortest, longest: longest_edge ?? published.longest, multiple }
}
