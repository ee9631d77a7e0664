import * as z from 'zod'
import { samplingSchema, strategySchema } from './speculation'

export const chatLimits = {
  textCharacters: 100_000,
  titleCharacters: 200,
  folderCharacters: 100,
  /** In one message, whatever the model: models may take fewer. */
  pictures: 16,
  /** Pixels of one attached picture. */
  picturePixels: 50_000_000,
  maxTokens: 8192,
  maxSide: 4096,
  sideMultiple: 16,
  steps: 200,
  maxSeed: 2 ** 32 - 1,
} as const

/** What a turn does: look and answer in words, draw from words, or change a picture. */
export const chatModeSchema = z.enum(['read', 'draw', 'edit'])
export type ChatMode = z.infer<typeof chatModeSchema>

/** The switch of the composer; "auto" chooses by rule and says why. */
export const chatModeChoiceSchema = z.enum(['auto', ...chatModeSchema.options])
export type ChatModeChoice = z.infer<typeof chatModeChoiceSchema>

/** Which rule of Auto decided; "asked" where a person did. */
export const modeRuleSchema = z.enum([
  'asked',
  'text-only',
  'draw-verb',
  'edit-verb',
  'question',
  'picture-attached',
  'follows-picture',
  'nothing-else',
])
export type ModeRule = z.infer<typeof modeRuleSchema>

export const modeDecisionSchema = z.object({
  asked: chatModeChoiceSchema,
  mode: chatModeSchema,
  rule: modeRuleSchema,
  /** In words, with what it went by: "“draw” asks for a picture". */
  reason: z.string(),
})
export type ModeDecision = z.infer<typeof modeDecisionSchema>

const sideSchema = z
  .number()
  .int('Width and height are whole pixels')
  .min(32, 'The smallest side is 32 px')
  .max(chatLimits.maxSide, `The largest side is ${chatLimits.maxSide} px`)
  .multipleOf(chatLimits.sideMultiple, `Width and height must be multiples of ${chatLimits.sideMultiple}`)

/** How guided velocities are brought back to the length of the unguided one. */
export const renormSchema = z.enum(['global', 'channel', 'text_channel'])
export type Renorm = z.infer<typeof renormSchema>

/** Everything that decides a drawn picture besides the context and the seed. */
export const drawingSchema = z.object({
  width: sideSchema,
  height: sideSchema,
  /** Points of the schedule: one more than the model steps. */
  steps: z
    .number()
    .int('Steps are whole numbers')
    .min(2, 'At least 2 steps are needed')
    .max(chatLimits.steps, `At most ${chatLimits.steps} steps`),
  shift: z.number().min(0.1, 'Shift is at least 0.1').max(20, 'Shift is at most 20'),
  /** Guidance away from the context without the last words; 1 and below turns all guidance off. */
  textScale: z.number().min(0).max(50),
  /** Guidance away from the context without pictures; 1 and below turns it off. */
  imageScale: z.number().min(0).max(50),
  /** Timesteps that are guided: above the first, up to the second. */
  interval: z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]),
  renorm: renormSchema,
  /** 1 turns renormalisation off. */
  renormMin: z.number().min(0).max(1),
  /** Skips passes and extrapolates them (TaylorSeer): faster, and not quite the same picture. */
  taylorSeer: z.boolean(),
})
export type Drawing = z.infer<typeof drawingSchema>

const tokensSchema = z
  .number()
  .int()
  .min(1, 'At least 1 token is needed')
  .max(chatLimits.maxTokens, `At most ${chatLimits.maxTokens} tokens`)

/** What people set for a conversation or for one turn. What is absent is the model's own default for the mode. */
export const chatSettingsSchema = z.object({
  /** Before the first turn; the model's think prompt comes on top of it. */
  system: z.string().max(chatLimits.textCharacters).optional(),
  think: z.boolean().optional(),
  /** Of everything that is drawn or sampled; absent is a new one for each answer. */
  seed: z.number().int('A seed is a whole number').min(0).max(chatLimits.maxSeed).optional(),
  maxTokens: tokensSchema.optional(),
  thinkTokens: tokensSchema.optional(),
  temperature: z.number().min(0, 'Temperature is at least 0').max(100, 'Temperature is at most 100').optional(),
  topK: z.number().int().min(0).max(1000).optional(),
  topP: z.number().gt(0, 'Top-p is above 0').max(1, 'Top-p is at most 1').optional(),
  minP: z.number().min(0).max(1).optional(),
  repetitionPenalty: z.number().gt(0).max(10).optional(),
  /** How a text-only model drafts its answer; it is plain where absent. */
  strategy: strategySchema.optional(),
  precision: z.string().max(40).optional(),
  drawing: drawingSchema.partial().optional(),
  /** Whether earlier turns are read too. Without them each turn stands alone, as in the official inference code. */
  history: z.boolean().optional(),
})
export type ChatSettings = z.output<typeof chatSettingsSchema>
export type ChatSettingsInput = z.input<typeof chatSettingsSchema>

/** The settings of one answer with every default filled in: the same on the same context gives the same answer. */
export const chatParametersSchema = z.object({
  system: z.string(),
  think: z.boolean(),
  maxTokens: z.number().int(),
  thinkTokens: z.number().int(),
  /** Its seed is that of the drawing too. */
  sampling: samplingSchema,
  strategy: strategySchema.nullable(),
  precision: z.string(),
  /** Null where nothing is drawn. */
  drawing: drawingSchema.nullable(),
  history: z.boolean(),
})
export type ChatParameters = z.output<typeof chatParametersSchema>
