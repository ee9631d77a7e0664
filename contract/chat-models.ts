import * as z from 'zod'
import { chatModeSchema, drawingSchema } from './chat-settings'
import { strategyNameSchema } from './speculation'

/** What a model starts from in one mode, where nobody set anything else. */
export const chatDefaultsSchema = z.object({
  maxTokens: z.number().int(),
  thinkTokens: z.number().int(),
  temperature: z.number(),
  /** Null where the mode draws nothing. */
  drawing: drawingSchema.nullable(),
})
export type ChatDefaults = z.infer<typeof chatDefaultsSchema>

/** What can be said with a model, read from its folder. */
export const chatModelFactsSchema = z.object({
  /** `read` is there always; a text-only model has no other. */
  modes: z.array(chatModeSchema).min(1),
  /** Whether pictures can be attached. */
  seesPictures: z.boolean(),
  /** Most pictures in one message; 0 where it sees none. */
  maxPictures: z.number().int(),
  canThink: z.boolean(),
  /** Whether an answer in words that was stopped can be gone on with. */
  canContinue: z.boolean(),
  contextLength: z.number().int(),
  precisions: z.array(z.string()).min(1),
  defaultPrecision: z.string(),
  /** Ways to draft an answer, plain decoding first. */
  strategies: z.array(strategyNameSchema).min(1),
  defaults: z.partialRecord(chatModeSchema, chatDefaultsSchema),
  /** Suggested sizes, the default first; empty where it draws nothing. */
  sizes: z.array(z.tuple([z.number().int(), z.number().int()])),
  maxSide: z.number().int(),
  /** What a small model was taught to talk about; absent where that is too much to list. */
  knows: z
    .object({
      subjects: z.array(z.string()),
      /** Kinds of questions and requests, such as "how many" or "recolour the background". */
      kinds: z.array(z.string()),
      /** The same as one sentence for people. */
      sentence: z.string(),
    })
    .optional(),
  /** Messages to begin with. */
  prompts: z.array(z.string()),
})
export type ChatModelFacts = z.infer<typeof chatModelFactsSchema>
