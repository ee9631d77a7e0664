import * as z from 'zod'
import {
  generatePatchSchema,
  generateRequestSchema,
  type GeneratePatch,
  type GenerateSettings,
} from '../../contract/images'
import { readPngTexts, writePngTexts } from './png-chunks'

// A picture carries how it was made, twice: as the text that AUTOMATIC1111's web UI began and other tools read
// (keyword "parameters"), and as our own JSON (keyword "atelier"), from which it can be made again exactly.

const recordSchema = z.object({
  version: z.literal(1),
  settings: generateRequestSchema,
  modelName: z.string(),
  modelHash: z.string(),
})

export interface PictureMetadata {
  readonly settings: GenerateSettings
  readonly modelName: string
  readonly modelHash: string
}

const samplerNames = { euler: 'Euler', 'dpmpp-2m': 'DPM++ 2M' } as const
const scheduleNames = { none: 'Simple', karras: 'Karras', exponential: 'Exponential', beta: 'Beta' } as const

/** A value that holds a comma, colon or line break is quoted, as the readers of this format expect. */
function quoted(value: string): string {
  return /[,:\n"]/.test(value) ? JSON.stringify(value) : value
}

/** The settings as A1111-style text. */
export function formatParameters({ settings, modelName, modelHash }: PictureMetadata): string {
  const { negativePrompt, initImage } = settings
  const fields: [string, string | number][] = [
    ['Steps', settings.steps],
    ['Sampler', samplerNames[settings.sampler]],
    ['Schedule type', scheduleNames[settings.sigmaConversion]],
    ['CFG scale', settings.guidanceScale],
    ['Seed', settings.seed],
    ['Size', `${settings.width}x${settings.height}`],
    ['Model hash', modelHash.slice(0, 10)],
    ['Model', quoted(modelName)],
    ...(initImage === undefined ? [] : [['Denoising strength', initImage.strength] as [string, number]]),
    ['Shift', settings.shift],
    ['Version', 'Atelier'],
  ]
  const negative = negativePrompt === '' ? '' : `\nNegative prompt: ${negativePrompt}`
  return `${settings.prompt}${negative}\n${fields.map(([name, value]) => `${name}: ${value}`).join(', ')}`
}

function keyOfName<T extends string>(names: Readonly<Record<T, string>>, name: string | undefined): T | undefined {
  return (Object.keys(names) as T[]).find((key) => names[key].toLowerCase() === name?.toLowerCase())
}

/** What an A1111-style text says, as far as it fits our settings; null where it does not look like one. */
export function parseParameters(text: string): GeneratePatch | null {
  const lines = text.trimEnd().split('\n')
  // Extensions write more lines below it; a prompt may have one like it above.
  const at = lines.findLastIndex((line) => /^\s*Steps: \d+/.test(line))
  if (at < 0) return null
  const fields = new Map<string, string>()
  for (const match of (lines[at] ?? '').matchAll(/\s*([\w+ ]+?):\s*("(?:[^"\\]|\\.)*"|[^,]*)(?:,|$)/g)) {
    fields.set((match[1] ?? '').toLowerCase(), (match[2] ?? '').trim())
  }
  const body = lines.slice(0, at)
  const negativeAt = body.findIndex((line) => line.startsWith('Negative prompt:'))
  const prompt = (negativeAt < 0 ? body : body.slice(0, negativeAt)).join('\n')
  const negative = negativeAt < 0 ? '' : body.slice(negativeAt).join('\n').slice('Negative prompt:'.length).trim()

  const number = (name: string): number | undefined => {
    const value = fields.get(name)
    return value === undefined || value === '' || Number.isNaN(Number(value)) ? undefined : Number(value)
  }
  const [, width, height] = /^(\d+)x(\d+)$/.exec(fields.get('size') ?? '') ?? []
  const found = {
    prompt,
    negativePrompt: negative,
    steps: number('steps'),
    guidanceScale: number('cfg scale'),
    seed: number('seed'),
    shift: number('shift'),
    width: width === undefined ? undefined : Number(width),
    height: height === undefined ? undefined : Number(height),
    sampler: keyOfName(samplerNames, fields.get('sampler')?.replace(/ (Karras|Exponential|Beta|Simple)$/i, '')),
    sigmaConversion: keyOfName(scheduleNames, fields.get('schedule type')),
  }
  // A value that our own form would refuse is left out, and the rest still helps.
  const usable = Object.entries(found).filter(([key, value]) => {
    const field = generatePatchSchema.shape[key as keyof typeof found]
    return value !== undefined && field.safeParse(value).success
  })
  return Object.fromEntries(usable)
}

/** The PNG with both texts in it. */
export function writePictureMetadata(png: Uint8Array, metadata: PictureMetadata): Uint8Array {
  return writePngTexts(
    png,
    new Map([
      ['parameters', formatParameters(metadata)],
      ['atelier', JSON.stringify({ version: 1, ...metadata })],
    ]),
  )
}

/**
 * The settings that a picture carries: our own record where there is one, else what can be made of the text; null where
 * it carries nothing.
 */
export function readPictureMetadata(
  bytes: Uint8Array,
): { settings: GeneratePatch | null; source: 'atelier' | 'parameters' | null; text: string } | null {
  const texts = readPngTexts(bytes)
  const text = texts.get('parameters')
  const own = texts.get('atelier')
  if (own !== undefined) {
    try {
      const { settings } = recordSchema.parse(JSON.parse(own))
      return { settings: generatePatchSchema.parse(settings), source: 'atelier', text: text ?? own }
    } catch {
      // Damaged or of a later version: the plain text may still be read.
    }
  }
  if (text === undefined) return null
  const settings = parseParameters(text)
  return { settings, source: settings === null ? null : 'parameters', text }
}
