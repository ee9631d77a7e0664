import { StudioError } from '../../../contract/errors'
import type { ChatModeChoice, ChatSettingsInput } from '../../../contract/chat-settings'
import type { Model } from '../../../contract/models'
import { strategyNameSchema } from '../../../contract/speculation'
import type { Studio } from '../studio'
import { numberOption } from './number-option'
import { sizeOption } from './size-option'

export interface ChatOptions {
  readonly image?: string[]
  readonly model?: string
  readonly read?: boolean
  readonly draw?: boolean
  readonly edit?: boolean
  readonly think?: boolean
  readonly output: string
  readonly system?: string
  readonly seed?: string
  readonly size?: string
  readonly steps?: string
  readonly guidance?: string
  readonly temperature?: string
  readonly maxTokens?: string
  readonly strategy?: string
  readonly precision?: string
  readonly continue?: string
  readonly temporary?: boolean
  readonly json?: boolean
}

/** The model that was asked for, or the first that can do what is asked. @throws StudioError MODEL_NOT_FOUND */
export async function chatModel(
  studio: Studio,
  options: Pick<ChatOptions, 'model' | 'image'> & { mode: ChatModeChoice },
): Promise<Model> {
  const models = (await studio.client.models.list()).filter(({ chat }) => chat !== undefined)
  const needsPictures = (options.image?.length ?? 0) > 0 || options.mode === 'draw' || options.mode === 'edit'
  const ready = models.filter(({ state }) => state.kind === 'ready')
  const fits = ({ chat }: Model): boolean => !needsPictures || chat?.seesPictures === true
  // One that sees and draws can do all that is asked of a chat; one that writes alone cannot.
  const best = ready.find(({ chat }) => chat?.seesPictures === true) ?? ready.find(fits)
  const model = options.model === undefined ? best : models.find(({ id }) => id === options.model)
  if (model !== undefined && (options.model !== undefined || fits(model))) return model
  const known = models.map(({ id }) => id).join(', ')
  throw new StudioError(
    'MODEL_NOT_FOUND',
    options.model === undefined
      ? `There is no model to chat with${needsPictures ? ' that sees and draws pictures' : ''}`
      : `There is no model ${options.model} to chat with`,
    { field: 'model', remedy: known === '' ? 'Add a model folder in the studio.' : `Use one of: ${known}.` },
  )
}

/** @throws StudioError INVALID_INPUT where two modes were asked for at once */
export function chatMode({ read, draw, edit }: Pick<ChatOptions, 'read' | 'draw' | 'edit'>): ChatModeChoice {
  const asked = Object.entries({ read, draw, edit }).flatMap(([mode, given]) =>
    given === true ? [mode as ChatModeChoice] : [],
  )
  if (asked.length > 1) {
    throw new StudioError('INVALID_INPUT', `--${asked.join(' and --')} cannot both be asked for`, {
      field: asked[1]!,
      remedy: 'Give one of them, or none to let it choose.',
    })
  }
  return asked[0] ?? 'auto'
}

/** What the options set for every turn. */
export function chatSettings(options: ChatOptions): ChatSettingsInput {
  const given = <T>(name: string, value: T | undefined): object => (value === undefined ? {} : { [name]: value })
  const drawing = {
    ...sizeOption(options.size),
    ...given('steps', numberOption('steps', options.steps)),
    ...given('textScale', numberOption('guidance', options.guidance)),
  }
  return {
    ...given('system', options.system),
    ...given('think', options.think),
    ...given('seed', numberOption('seed', options.seed)),
    ...given('temperature', numberOption('temperature', options.temperature)),
    ...given('maxTokens', numberOption('max-tokens', options.maxTokens)),
    ...given('precision', options.precision),
    ...(options.strategy === undefined ? {} : { strategy: { name: strategyName(options.strategy) } }),
    ...(Object.keys(drawing).length === 0 ? {} : { drawing }),
  }
}

function strategyName(text: string) {
  const parsed = strategyNameSchema.safeParse(text.trim())
  if (parsed.success) return parsed.data
  throw new StudioError('INVALID_INPUT', `There is no strategy "${text}"`, {
    field: 'strategy',
    remedy: `Use one of: ${strategyNameSchema.options.join(', ')}.`,
  })
}
