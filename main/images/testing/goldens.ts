// Reads what the reference implementation computed; see training/goldens/README.md for the files.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { GenerateSettings } from '../../../contract/images'
import { readSafetensors } from '../../tensor/safetensors'
import type { Tensor } from '../../tensor/tensor'

const fixtures = path.join(import.meta.dirname, '../../../test-fixtures')
const folder = path.join(fixtures, 'goldens/sd3')

export interface GoldenRequest {
  readonly task: 'text-to-image' | 'image-to-image' | 'inpaint'
  readonly model: string
  readonly prompt: string
  readonly prompt2: string | null
  readonly prompt3: string | null
  readonly negativePrompt: string
  readonly negativePrompt2: string | null
  readonly negativePrompt3: string | null
  readonly width: number
  readonly height: number
  readonly steps: number
  readonly guidanceScale: number
  readonly guidanceEnd: number
  readonly shift: number
  readonly sampler: GenerateSettings['sampler']
  readonly sigmaConversion: GenerateSettings['sigmaConversion']
  readonly seed: number
  readonly count: number
  readonly clipSkip: number
  readonly maxSequenceLength: number
  readonly withoutEncoders: GenerateSettings['withoutEncoders']
  readonly skipLayers: NonNullable<GenerateSettings['skipLayers']> | null
  readonly strength: number
  readonly mask: 'hard' | 'soft' | null
  readonly softRule: 'blend' | 'threshold' | null
  readonly posterior: 'sample' | 'mean'
}

type EncoderIds = Readonly<Record<'clipL' | 'clipG' | 't5', number[]>>

export interface Golden {
  readonly name: string
  readonly request: GoldenRequest
  readonly tokenIds: { readonly positive: EncoderIds; readonly negative: EncoderIds }
  readonly sigmas: readonly number[]
  readonly firstStep: number
  /** A tensor's values as float32. */
  values(tensor: string): Float32Array
  has(tensor: string): boolean
}

export const goldenNames = readdirSync(folder)
  .filter((name) => name.endsWith('.safetensors') && name !== 'noise.safetensors')
  .map((name) => path.basename(name, '.safetensors'))

/** Path of one of the tiny models. */
export function fixtureModel(name: string): string {
  return path.join(fixtures, 'models', name)
}

export function readGolden(name: string): Golden {
  const json = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Omit<Golden, 'values' | 'has'>
  const tensors = readSafetensors(readFileSync(path.join(folder, `${name}.safetensors`)))
  return {
    ...json,
    has: (tensor) => tensors.has(tensor),
    values: (tensor) => floats(tensors.get(tensor), `${name}: ${tensor}`),
  }
}

function floats(tensor: Tensor | undefined, name: string): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data
  throw new Error(`There is no float32 tensor ${name}`)
}

/** The largest difference of two arrays, over the largest value of the second. */
export function relativeError(actual: Float32Array, expected: Float32Array): number {
  let [worst, largest] = [0, 1e-9]
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!)
    if (!(difference <= worst)) worst = difference
    largest = Math.max(largest, Math.abs(expected[i]!))
  }
  return worst / largest
}
