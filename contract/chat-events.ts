import * as z from 'zod'
import {
  conversationDetailSchema,
  conversationSchema,
  conversationSummarySchema,
  messageSchema,
  sentAsSchema,
} from './chat'
import { modeDecisionSchema } from './chat-settings'
import { contextRowsSchema } from './chat-statistics'
import { assetIdSchema, conversationIdSchema, messageIdSchema } from './ids'
import { frameSchema } from './images'

/** What a turn is busy with. */
export const turnPhaseSchema = z.enum(['load', 'prefill', 'think', 'answer', 'draw', 'decode', 'save'])
export type TurnPhase = z.infer<typeof turnPhaseSchema>

/**
 * What `chat.follow` yields: the conversation as it stands, then everything that changes in it, whoever caused it. `applyChatEvent`
 * in `chat-apply.ts` brings a conversation up to date with one.
 */
export const chatEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), ...conversationDetailSchema.shape }),
  z.object({ type: z.literal('conversation'), conversation: conversationSchema }),
  /** A message that is new, or that changed in anything but what the events below tell. */
  z.object({ type: z.literal('message'), message: messageSchema }),
  /** Text to add to a part that is being written: an answer's or a thought's. */
  z.object({
    type: z.literal('piece'),
    messageId: messageIdSchema,
    part: z.number().int(),
    text: z.string(),
    /** Tokens of the part so far. */
    tokens: z.number().int(),
  }),
  /** What the turn does now, and how far that is: rows read, tokens written, model steps done. */
  z.object({
    type: z.literal('phase'),
    messageId: messageIdSchema,
    phase: turnPhaseSchema,
    /** In words: "Reading 1,240 rows". */
    label: z.string(),
    done: z.number().int(),
    total: z.number().int(),
    /** Seconds for one step where steps are counted; null until one was measured. */
    secondsPerStep: z.number().nullable(),
    /** Seconds left of the turn as a range; null until something was measured. */
    eta: z.object({ low: z.number(), high: z.number() }).nullable(),
  }),
  /** A step of a picture is done; the frame shows what it will be. */
  z.object({
    type: z.literal('step'),
    messageId: messageIdSchema,
    part: z.number().int(),
    step: z.number().int(),
    frame: frameSchema.nullable(),
  }),
])
export type ChatEvent = z.infer<typeof chatEventSchema>
export type PhaseEvent = Extract<ChatEvent, { type: 'phase' }>

/** What `chat.watch` yields: the list is to be read again where a conversation on it changed, came or went. */
export const conversationEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('changed'), conversation: conversationSummarySchema }),
  z.object({ type: z.literal('removed'), conversationId: conversationIdSchema }),
])
export type ConversationEvent = z.infer<typeof conversationEventSchema>

/** What a turn would be, before it is sent. */
export const turnEstimateSchema = z.object({
  decision: modeDecisionSchema,
  /** How each picture will be given to the model. */
  pictures: z.array(
    z.object({ assetId: assetIdSchema, seen: sentAsSchema.nullable(), encoded: sentAsSchema.nullable() }),
  ),
  /** Rows of the whole context, this turn included, with room for its answer in `answer`. */
  rows: contextRowsSchema.extend({ answer: z.number().int(), total: z.number().int(), limit: z.number().int() }),
  /** Messages that would make room if they were left out; empty where all fits. */
  leaveOut: z.array(z.object({ messageId: messageIdSchema, rows: z.number().int() })),
  memory: z.object({
    weights: z.number(),
    /** Keys and values of the context. */
    cache: z.number(),
    total: z.number(),
    /** Bytes that are free for it on this machine now, what the model holds already counted in. */
    available: z.number(),
    fits: z.boolean(),
  }),
  /** Seconds by what was measured here before; null where nothing was. */
  seconds: z.object({ low: z.number(), high: z.number() }).nullable(),
})
export type TurnEstimate = z.infer<typeof turnEstimateSchema>
