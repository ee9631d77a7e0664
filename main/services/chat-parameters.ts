import { randomInt } from 'node:crypto'
import type { ChatModelFacts } from '../../contract/chat-models'
import {
  chatLimits,
  drawingSchema,
  type ChatMode,
  type ChatParameters,
  type ChatSettings,
} from '../../contract/chat-settings'
import { StudioError } from '../../contract/errors'
import { samplingSchema } from '../../contract/speculation'

/** Settings of one turn over those of its conversation: what is absent in the first is taken from the second. */
export function mergeSettings(over: ChatSettings, under: ChatSettings): ChatSettings {
  const drawing = { ...defined(under.drawing ?? {}), ...defined(over.drawing ?? {}) }
  return {
    ...defined(under),
    ...defined(over),
    ...(Object.keys(drawing).length === 0 ? {} : { drawing }),
  }
}

/** Without fields that are there and undefined, which would hide those below them. */
function defined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T
}

/**
 * Every parameter of a turn: what was set, and the model's defaults for the rest.
 * @throws StudioError INVALID_INPUT naming a setting that this model does not have
 */
export function resolveParameters(
  { name, facts }: { name: string; facts: ChatModelFacts },
  mode: ChatMode,
  settings: ChatSettings,
): ChatParameters {
  const defaults = facts.defaults[mode] ?? facts.defaults.read
  if (defaults === undefined) throw new Error(`${name} has no defaults`)
  const precision = settings.precision ?? facts.defaultPrecision
  if (!facts.precisions.includes(precision)) {
    throw new StudioError('INVALID_INPUT', `${name} has no precision "${precision}"`, {
      field: 'settings.precision',
      remedy: `Use one of: ${facts.precisions.join(', ')}.`,
    })
  }
  const strategy = facts.seesPictures ? null : (settings.strategy ?? null)
  const hasOtherDrafter = strategy?.name === 'draft' && strategy.draftModel !== undefined
  if (strategy !== null && !hasOtherDrafter && !facts.strategies.includes(strategy.name)) {
    throw new StudioError('INVALID_INPUT', `${name} has nothing to draft with by "${strategy.name}"`, {
      field: 'settings.strategy',
      remedy: `Use one of: ${facts.strategies.join(', ')}.`,
    })
  }
  const drawing =
    mode === 'read' || defaults.drawing === null
      ? null
      : drawingSchema.parse({ ...defaults.drawing, ...defined(settings.drawing ?? {}) })
  if (drawing !== null && Math.max(drawing.width, drawing.height) > facts.maxSide) {
    throw new StudioError('INVALID_INPUT', `${name} draws at most ${facts.maxSide} px a side`, {
      field: drawing.width > drawing.height ? 'settings.drawing.width' : 'settings.drawing.height',
      remedy: `Choose ${facts.maxSide} or less.`,
    })
  }
  return {
    system: settings.system?.trim() ?? '',
    think: facts.canThink && settings.think === true,
    maxTokens: Math.min(settings.maxTokens ?? defaults.maxTokens, facts.contextLength),
    thinkTokens: Math.min(settings.thinkTokens ?? defaults.thinkTokens, facts.contextLength),
    sampling: samplingSchema.parse({
      temperature: settings.temperature ?? defaults.temperature,
      topK: settings.topK,
      topP: settings.topP,
      minP: settings.minP,
      repetitionPenalty: settings.repetitionPenalty,
      seed: settings.seed ?? randomInt(chatLimits.maxSeed),
    }),
    strategy,
    precision,
    drawing,
    history: settings.history ?? true,
  }
}
