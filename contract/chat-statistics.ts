import * as z from 'zod'
import { providerSchema } from './devices'
import { finishReasonSchema, strategyNameSchema } from './speculation'

/** Rows of the context by what they hold. */
export const contextRowsSchema = z.object({
  text: z.number().int(),
  /** Patches that the vision encoder read. */
  vit: z.number().int(),
  /** Latents, clean ones of pictures. */
  vae: z.number().int(),
})
export type ContextRows = z.infer<typeof contextRowsSchema>

export const textSpeculationSchema = z.object({
  strategy: strategyNameSchema,
  rounds: z.number().int(),
  drafted: z.number().int(),
  accepted: z.number().int(),
  /** Accepted over drafted; null where nothing was drafted. */
  acceptanceRate: z.number().nullable(),
  tokensPerForward: z.number(),
})
export type TextSpeculation = z.infer<typeof textSpeculationSchema>

/** What one phase of a turn cost, in the order in which they ran. */
export const phaseStatisticsSchema = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('load'), milliseconds: z.number() }),
  z.object({
    phase: z.literal('prefill'),
    milliseconds: z.number(),
    /** Rows that were read now. */
    rows: z.number().int(),
    /** Rows kept from an earlier turn, which cost nothing. */
    reusedRows: z.number().int(),
  }),
  z.object({
    phase: z.enum(['think', 'answer']),
    milliseconds: z.number(),
    tokens: z.number().int(),
    finishReason: finishReasonSchema,
    speculation: textSpeculationSchema.nullable(),
  }),
  z.object({
    phase: z.literal('draw'),
    milliseconds: z.number(),
    /** Model steps done. */
    steps: z.number().int(),
    /** Passes through the decoder, and those that TaylorSeer spared. */
    passes: z.number().int(),
    passesSaved: z.number().int(),
  }),
  z.object({ phase: z.literal('decode'), milliseconds: z.number() }),
])
export type PhaseStatistics = z.infer<typeof phaseStatisticsSchema>

export const turnStatisticsSchema = z.object({
  phases: z.array(phaseStatisticsSchema),
  /** From the start of the turn, loading not counted; null where no token came. */
  firstTokenMilliseconds: z.number().nullable(),
  /** From the start of the turn to its end, loading included. */
  milliseconds: z.number(),
  /** What the model held when the turn was over, and the most that it can hold. */
  context: contextRowsSchema.extend({ limit: z.number().int() }),
  provider: providerSchema,
  /** Most memory that the turn took, in bytes; null where it was not measured. */
  peakBytes: z.number().nullable(),
})
export type TurnStatistics = z.infer<typeof turnStatisticsSchema>
