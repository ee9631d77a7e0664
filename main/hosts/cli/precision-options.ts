import { StudioError } from '../../../contract/errors'
import { modelIdSchema } from '../../../contract/ids'
import type { Model } from '../../../contract/models'
import {
  columnNameSchema,
  recipeSchema,
  type ColumnName,
  type PrecisionRequest,
  type SubjectRequest,
} from '../../../contract/precision'
import type { Studio } from '../studio'
import { numberOption } from './number-option'
import { detectionSubject, namedPictures, type PrecisionPictureOptions } from './precision-pictures'
import { sizeOption } from './size-option'

export interface PrecisionCommandOptions extends PrecisionPictureOptions {
  readonly columns: string
  readonly prompt?: string
  readonly raw?: boolean
  readonly read?: boolean
  readonly picture?: string
  readonly role?: string
  readonly dimensions?: string
  readonly seed?: string
  readonly size?: string
  readonly steps?: string
  readonly maxTokens?: string
  readonly runs?: string
  readonly block?: string
  readonly asymmetric?: boolean
  readonly convert?: string
  readonly layers: boolean
  readonly target?: string
  readonly save?: string
  readonly json?: boolean
  readonly csv?: boolean
}

/** What people say for short. */
const shortNames: Readonly<Record<string, ColumnName>> = { int8: 'int8-dynamic', fp8: 'fp8-e4m3' }

function columnName(text: string): ColumnName {
  const name = shortNames[text.trim()] ?? text.trim()
  const parsed = columnNameSchema.safeParse(name)
  if (parsed.success) return parsed.data
  throw new StudioError('INVALID_INPUT', `There is no precision "${text.trim()}"`, {
    field: 'columns',
    remedy: `Use some of: ${columnNameSchema.options.join(', ')}.`,
  })
}

/** What the options ask for. @throws StudioError INVALID_INPUT, MODEL_NOT_FOUND */
export async function precisionRequest(
  studio: Studio,
  id: string,
  options: PrecisionCommandOptions,
): Promise<PrecisionRequest> {
  const models = await studio.client.models.list()
  const model = models.find((one) => one.id === id)
  if (model === undefined) {
    throw new StudioError('MODEL_NOT_FOUND', `There is no model "${id}"`, {
      field: 'model',
      remedy: `Use one of: ${models.map((one) => one.id).join(', ')}.`,
    })
  }
  const blockSize = numberOption('block', options.block)
  const columns = options.columns.split(',').map((text) => {
    const parsed = recipeSchema.safeParse({
      column: columnName(text),
      blockSize,
      symmetric: options.asymmetric !== true,
    })
    if (parsed.success) return parsed.data
    throw new StudioError('INVALID_INPUT', `--block needs 16, 32, 64 or 128, not "${options.block}"`, {
      field: 'block',
    })
  })
  const target = numberOption('target', options.target)
  const low = columns.filter(({ column }) => column !== 'fp32' && column !== 'own').at(-1)
  const runs = numberOption('runs', options.runs)
  return {
    modelId: modelIdSchema.parse(id),
    subject: await subjectOf(studio, model, options),
    columns,
    layers: options.layers,
    ...(options.convert === undefined ? {} : { roles: options.convert.split(',').map((role) => role.trim()) }),
    ...(runs === undefined ? {} : { runs }),
    ...(target === undefined || low === undefined ? {} : { search: { low, targetDecibels: target } }),
  }
}

async function subjectOf(studio: Studio, model: Model, options: PrecisionCommandOptions): Promise<SubjectRequest> {
  const seed = numberOption('seed', options.seed) ?? 0
  if (options.role !== undefined) {
    return { kind: 'graph', role: options.role, seed, dimensions: dimensionsOf(options.dimensions) }
  }
  const isAsked = options.picture !== undefined || options.read === true
  if (model.family === 'bagel' && isAsked) return questionSubject(studio, options)
  const prompt = options.prompt ?? model.image?.prompts[0] ?? model.chat?.prompts[0]
  const draws = model.family === 'sd3' || model.chat?.modes.includes('draw') === true
  if (draws && prompt !== undefined) {
    const steps = numberOption('steps', options.steps)
    return { kind: 'picture', prompt, seed, ...sizeOption(options.size), ...(steps === undefined ? {} : { steps }) }
  }
  if (model.family === 'causal-lm') {
    const maxTokens = numberOption('max-tokens', options.maxTokens)
    const text = options.prompt ?? 'Tell a short story about a lighthouse.'
    return {
      kind: 'text',
      prompt: text,
      raw: options.raw === true || model.language?.hasChatTemplate === false,
      ...(maxTokens === undefined ? {} : { maxTokens }),
    }
  }
  if (model.family === 'detector') return detectionSubject(studio, options)
  throw new StudioError('INVALID_INPUT', `${model.name} needs --role, or --prompt where it draws`, {
    field: 'role',
    remedy: 'Name one of its graphs, such as vae_decoder: the error of an unknown one lists them.',
  })
}

/** A question about a picture: the bundled one where none is named. */
async function questionSubject(studio: Studio, options: PrecisionCommandOptions): Promise<SubjectRequest> {
  const maxTokens = numberOption('max-tokens', options.maxTokens)
  const sample = await studio.client.precision.questionSample()
  const [named] = options.picture === undefined ? [] : await namedPictures(studio, 'picture', options.picture)
  return {
    kind: 'text',
    prompt: options.prompt ?? sample.question,
    picture: named ?? sample.picture,
    ...(maxTokens === undefined ? {} : { maxTokens }),
  }
}

function dimensionsOf(text: string | undefined): Record<string, number> {
  if (text === undefined) return {}
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [name, size] = part.split('=')
      if (name === undefined || size === undefined || !/^\d+$/u.test(size.trim())) {
        throw new StudioError('INVALID_INPUT', `--dimensions needs a form like height=16,width=16, not "${text}"`, {
          field: 'dimensions',
        })
      }
      return [name.trim(), Number(size)]
    }),
  )
}
