import { StudioError } from '../../../contract/errors'
import { modelIdSchema } from '../../../contract/ids'
import type { Model } from '../../../contract/models'
import { strategyNameSchema, type RaceRequest, type StrategyName } from '../../../contract/speculation'
import type { Studio } from '../studio'
import { numberOption } from './number-option'

export interface RaceOptions {
  readonly model?: string
  readonly precision?: string
  readonly strategy?: string
  readonly race?: string
  readonly draftModel?: string
  readonly draftLength?: string
  readonly tree?: string
  readonly typical?: boolean
  readonly temperature?: string
  readonly topK?: string
  readonly topP?: string
  readonly seed?: string
  readonly maxTokens?: string
  readonly system?: string
  readonly raw?: boolean
  readonly stop?: string[]
  readonly json?: boolean
  readonly bench?: boolean
  readonly prompts?: string
  readonly output?: string
}

function strategyName(text: string): StrategyName {
  const parsed = strategyNameSchema.safeParse(text.trim())
  if (parsed.success) return parsed.data
  throw new StudioError('INVALID_INPUT', `There is no strategy "${text.trim()}"`, {
    field: 'strategy',
    remedy: `Use one of: ${strategyNameSchema.options.join(', ')}.`,
  })
}

/** The language model that was asked for, or the first that can be used. */
export async function languageModel(studio: Studio, id: string | undefined): Promise<Model> {
  const models = (await studio.client.models.list()).filter(({ family }) => family === 'causal-lm')
  const model =
    id === undefined ? models.find(({ state }) => state.kind === 'ready') : models.find((one) => one.id === id)
  if (model !== undefined) return model
  const known = models.map((one) => one.id).join(', ')
  throw new StudioError('MODEL_NOT_FOUND', `There is no language model ${id ?? 'at all'}`, {
    field: 'model',
    remedy: known === '' ? 'Add a model folder in the studio.' : `Use one of: ${known}.`,
  })
}

/** The strategies that were asked for; every one that the model can run where none was named. */
export function chosenStrategies(model: Model, options: RaceOptions): StrategyName[] {
  if (options.race !== undefined) return options.race.split(',').map(strategyName)
  if (options.strategy !== undefined) return [strategyName(options.strategy)]
  const able = model.language?.strategies ?? []
  return options.draftModel === undefined || able.includes('draft') ? [...able] : [...able, 'draft']
}

/** What the options say of a race, apart from its prompt. */
export function raceRequest(model: Model, options: RaceOptions): Omit<RaceRequest, 'prompt'> {
  const draftLength = options.draftLength === 'adaptive' ? undefined : numberOption('draft-length', options.draftLength)
  const treeNodes = numberOption('tree', options.tree)
  const topK = numberOption('top-k', options.topK)
  const topP = numberOption('top-p', options.topP)
  const maxTokens = numberOption('max-tokens', options.maxTokens)
  return {
    modelId: modelIdSchema.parse(model.id),
    ...(options.precision === undefined ? {} : { precision: options.precision }),
    strategies: chosenStrategies(model, options).map((name) => ({
      name,
      ...(draftLength === undefined ? {} : { draftLength }),
      ...(treeNodes === undefined ? {} : { treeNodes }),
      ...(name === 'draft' && options.draftModel !== undefined
        ? { draftModel: modelIdSchema.parse(options.draftModel) }
        : {}),
      ...(options.typical === true ? { acceptance: 'typical' as const } : {}),
    })),
    sampling: {
      temperature: numberOption('temperature', options.temperature) ?? 0,
      ...(topK === undefined ? {} : { topK }),
      ...(topP === undefined ? {} : { topP }),
      seed: numberOption('seed', options.seed) ?? 0,
    },
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(options.system === undefined ? {} : { system: options.system }),
    ...(options.stop === undefined ? {} : { stop: options.stop }),
    raw: options.raw === true,
  }
}
