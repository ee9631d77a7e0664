import type { GenerateSettings } from '../../../contract/images'
import { formatDecimal, groupDigits } from '../../ui/format'

/** A setting of a picture that is shown, compared and recalled by itself. Width and height go together as `size`. */
export type FieldKey = Exclude<keyof GenerateSettings, 'width' | 'height'> | 'size'

export interface Field {
  readonly key: FieldKey
  readonly label: string
  /** Whether it stands under "More" in the form. */
  readonly isMore: boolean
  /** The value in words; two settings agree where these agree. */
  read(settings: Readable): string
}

/** What a field needs of the settings: a file may hold only some of them. */
export type Readable = { readonly [Key in keyof GenerateSettings]?: GenerateSettings[Key] | undefined }

export const samplerNames = { euler: 'Euler', 'dpmpp-2m': 'DPM++ 2M' } as const
export const sigmaConversionNames = {
  none: 'As trained',
  karras: 'Karras',
  exponential: 'Exponential',
  beta: 'Beta',
} as const

function field(key: FieldKey, label: string, read: Field['read'], isMore = false): Field {
  return { key, label, isMore, read }
}

const number = (value: number | undefined, least = 0) => (value === undefined ? '' : formatDecimal(value, least))

export const fields: readonly Field[] = [
  field('prompt', 'Prompt', (s) => s.prompt ?? ''),
  field('negativePrompt', 'Negative', (s) => s.negativePrompt ?? ''),
  field('prompt2', 'Prompt for CLIP-G', (s) => s.prompt2 ?? '', true),
  field('prompt3', 'Prompt for T5', (s) => s.prompt3 ?? '', true),
  field('modelId', 'Model', (s) => s.modelId ?? ''),
  field('size', 'Size', (s) => (s.width === undefined || s.height === undefined ? '' : `${s.width} × ${s.height}`)),
  field('steps', 'Steps', (s) => number(s.steps)),
  field('guidanceScale', 'Guidance', (s) => number(s.guidanceScale, 1)),
  field('shift', 'Shift', (s) => number(s.shift, 1)),
  field('seed', 'Seed', (s) => (s.seed === undefined ? '' : groupDigits(s.seed))),
  field('count', 'Images', (s) => number(s.count)),
  field('sampler', 'Sampler', (s) => (s.sampler === undefined ? '' : samplerNames[s.sampler]), true),
  field(
    'sigmaConversion',
    'Sigmas',
    (s) => (s.sigmaConversion === undefined ? '' : sigmaConversionNames[s.sigmaConversion]),
    true,
  ),
  field(
    'guidanceEnd',
    'Guidance until',
    (s) => (s.guidanceEnd === undefined ? '' : `${Math.round(s.guidanceEnd * 100)}%`),
    true,
  ),
  field(
    'guidanceBatched',
    'Guidance passes',
    (s) => (s.guidanceBatched === undefined ? '' : s.guidanceBatched ? 'in one batch' : 'one by one'),
    true,
  ),
  field('clipSkip', 'CLIP skip', (s) => number(s.clipSkip), true),
  field('withoutEncoders', 'Encoders off', (s) => s.withoutEncoders?.join(', ') || 'none', true),
  field(
    'skipLayers',
    'Skipped layers',
    (s) =>
      s.skipLayers === undefined
        ? 'none'
        : `${s.skipLayers.layers.join(', ')} at ${formatDecimal(s.skipLayers.scale)}, ${Math.round(s.skipLayers.start * 100)}–${Math.round(s.skipLayers.end * 100)}%`,
    true,
  ),
  field(
    'previewEvery',
    'Preview',
    (s) =>
      s.previewEvery === undefined
        ? ''
        : s.previewEvery === 0
          ? 'off'
          : s.previewEvery === 1
            ? 'every step'
            : `every ${s.previewEvery} steps`,
    true,
  ),
  field('initImage', 'Start image', (s) => {
    if (s.initImage === undefined) return 'none'
    const mask = s.initImage.maskAssetId === undefined ? '' : ', masked'
    return `${s.initImage.assetId.slice(0, 8)}, strength ${formatDecimal(s.initImage.strength, 2)}${mask}`
  }),
]

export const fieldsByKey = Object.fromEntries(fields.map((one) => [one.key, one])) as Record<FieldKey, Field>

/** The settings of one field alone, ready to be laid over others. */
export function pickField(settings: Readable, key: FieldKey): Readable {
  if (key === 'size') return { width: settings.width, height: settings.height }
  return { [key]: settings[key] }
}

/** The fields whose values differ, with the value on the left in words. */
export function differences(left: Readable, right: Readable): Partial<Record<FieldKey, string>> {
  const found: Partial<Record<FieldKey, string>> = {}
  for (const one of fields) {
    const before = one.read(left)
    if (before !== one.read(right)) found[one.key] = before === '' ? 'empty' : before
  }
  return found
}

/** The fields that a partial record really holds. */
export function presentFields(patch: Readable): readonly Field[] {
  return fields.filter((one) =>
    one.key === 'size' ? patch.width !== undefined && patch.height !== undefined : patch[one.key] !== undefined,
  )
}
