// Where the graphs are in a model folder. Exporters agree on the parts' names but for the transformer's.

import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import { readGraphOutline } from '../runtime/graph-outline'
import { StudioError } from '../../contract/errors'
import { readOptionalJson } from '../text/model-files'
import { imageRoles, type ImageRole } from './image-run'
import type { Sd3Manifest } from './manifest'

export type FoundGraphs = Readonly<Partial<Record<ImageRole, string>>>

export interface Layout {
  /** The folder that the parts are in: the given one, or one below it. */
  readonly root: string
  /** The name people know the layout by. */
  readonly layout: string
}

/** Other names of a part's folder. */
const otherNames: Readonly<Partial<Record<ImageRole, readonly string[]>>> = {
  transformer: ['unet'],
  preview_decoder: ['taesd3', 'tae_decoder'],
}

/** Says which layout a folder has; undefined where it is no Stable Diffusion 3 model. */
export async function resolveLayout(folder: string): Promise<Layout | undefined> {
  const manifest = await peekJson(path.join(folder, 'studio.json'))
  if (manifest?.['family'] !== undefined) {
    return manifest['family'] === 'sd3' ? { root: folder, layout: 'Atelier' } : undefined
  }
  const inner = findInnerTree(folder)
  if (inner !== undefined) {
    const found = await resolveLayout(inner)
    return found && { root: found.root, layout: `AMD (${inner.endsWith('_io16') ? 'float16' : 'float32'} inputs)` }
  }
  const index = await peekJson(path.join(folder, 'model_index.json'))
  const pipeline = index?.['_class_name']
  if (typeof pipeline === 'string') {
    return pipeline.includes('StableDiffusion3') ? { root: folder, layout: 'optimum' } : undefined
  }
  return looksLikeSd3(folder) ? { root: folder, layout: 'TensorStack' } : undefined
}

/** A JSON object, where it is there and can be read. What is wrong with it shows when it is read in earnest. */
async function peekJson(file: string): Promise<Record<string, unknown> | undefined> {
  try {
    return await readOptionalJson(file, z.record(z.string(), z.unknown()))
  } catch (error) {
    if (error instanceof StudioError) return undefined
    throw error
  }
}

/** AMD's repositories hold the same model twice, for float32 and float16 inputs. The first needs no casts. */
function findInnerTree(folder: string): string | undefined {
  const names = subfolders(folder)
  const inner = names.find((name) => name.endsWith('_io32')) ?? names.find((name) => name.endsWith('_io16'))
  return inner === undefined ? undefined : path.join(folder, inner)
}

/** Without an index file: a transformer that takes pooled projections is SD3's, or three text encoders are there. */
function looksLikeSd3(folder: string): boolean {
  const { transformer, text_encoder_3: third } = findGraphs(folder, undefined)
  if (transformer === undefined) return third !== undefined
  try {
    return readGraphOutline(transformer).inputs.some((input) => input.name === 'pooled_projections')
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    // A graph that cannot be read says nothing; the rest of the folder does.
    return third !== undefined
  }
}

/** The graph file of every part that is there. */
export function findGraphs(root: string, manifest: Sd3Manifest | undefined): FoundGraphs {
  const found: Partial<Record<ImageRole, string>> = {}
  for (const role of imageRoles) {
    const named = manifest?.graphs?.[role]
    // A file that the manifest names counts as there; where it is not, reading it says so.
    const file = named === undefined ? findGraph(root, role) : path.join(root, named)
    if (file !== undefined) found[role] = file
  }
  return found
}

function findGraph(root: string, role: ImageRole): string | undefined {
  for (const name of [role, ...(otherNames[role] ?? [])]) {
    const files = graphFiles(path.join(root, name))
    const file = files.find((candidate) => candidate === 'model.onnx') ?? (files.length === 1 ? files[0] : undefined)
    if (file !== undefined) return path.join(root, name, file)
  }
  return undefined
}

function graphFiles(folder: string): string[] {
  return entries(folder).filter((name) => name.endsWith('.onnx'))
}

function subfolders(folder: string): string[] {
  return entries(folder).filter((name) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.isDirectory())
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    // Not there, or not a folder, or not allowed to be read: there is nothing in it for us.
    return []
  }
}
