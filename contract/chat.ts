import * as z from 'zod'
import { failureSchema } from './errors'
import {
  chatLimits,
  chatModeChoiceSchema,
  chatParametersSchema,
  chatSettingsSchema,
  modeDecisionSchema,
} from './chat-settings'
import { turnStatisticsSchema } from './chat-statistics'
import { assetIdSchema, conversationIdSchema, imageIdSchema, jobIdSchema, messageIdSchema, modelIdSchema } from './ids'
import { frameSchema } from './images'

// A conversation is a tree of messages: an answer asked for again is a sibling of the first, an edited question too.

/** What a picture becomes for an encoder: "sent as 980 × 644, 851 tokens". */
export const sentAsSchema = z.object({ width: z.number().int(), height: z.number().int(), tokens: z.number().int() })
export type SentAs = z.infer<typeof sentAsSchema>

/** A picture in the composer or in a message, as it was given; what the model gets of it is made anew each time. */
export const attachmentSchema = z.object({
  assetId: assetIdSchema,
  thumbnailId: assetIdSchema,
  width: z.number().int(),
  height: z.number().int(),
  /** Of its file; null where it comes from the gallery or the clipboard. */
  name: z.string().max(300).nullable(),
})
export type Attachment = z.infer<typeof attachmentSchema>

export const textPartSchema = z.object({ type: z.literal('text'), text: z.string() })

export const picturePartSchema = attachmentSchema.extend({
  type: z.literal('picture'),
  /** By the vision encoder, to understand it; null until a turn has read it so. */
  seen: sentAsSchema.nullable(),
  /** By the VAE, to draw from it; null until a turn has read it so. */
  encoded: sentAsSchema.nullable(),
})

export const thinkPartSchema = z.object({
  type: z.literal('think'),
  text: z.string(),
  /** False while it is written, and where it was cut before its closing tag. */
  closed: z.boolean(),
  tokens: z.number().int(),
  milliseconds: z.number(),
  /** True where a person wrote it, for the picture to be drawn after. */
  edited: z.boolean(),
})

/** A picture that the model draws. While it does, the picture is the newest preview. */
export const drawnPartSchema = z.object({
  type: z.literal('drawn'),
  /** Null until there is a first preview. */
  assetId: assetIdSchema.nullable(),
  thumbnailId: assetIdSchema.nullable(),
  width: z.number().int(),
  height: z.number().int(),
  /** Model steps done, of how many. */
  step: z.number().int(),
  steps: z.number().int(),
  /** `drawing` while steps run; `partial` where it was stopped and the latest estimate was kept. */
  state: z.enum(['drawing', 'done', 'partial']),
  /** Previews, one a step at most, the newest last. */
  frames: z.array(frameSchema),
  /** The picture that was edited; null where it was drawn from words. */
  sourceId: assetIdSchema.nullable(),
  /** Share of pixels that differ visibly from the source, 0 to 1; null where there is none. */
  changed: z.number().nullable(),
  /** Its record in the gallery; null until it is kept there. */
  imageId: imageIdSchema.nullable(),
})

export const messagePartSchema = z.discriminatedUnion('type', [
  textPartSchema,
  picturePartSchema,
  thinkPartSchema,
  drawnPartSchema,
])
export type MessagePart = z.infer<typeof messagePartSchema>
export type PicturePart = z.infer<typeof picturePartSchema>
export type ThinkPart = z.infer<typeof thinkPartSchema>
export type DrawnPart = z.infer<typeof drawnPartSchema>

const messageBase = {
  id: messageIdSchema,
  conversationId: conversationIdSchema,
  /** The message it follows; null at a root. */
  parentId: messageIdSchema.nullable(),
  /** The branch that is shown below it; null at a leaf. */
  activeChildId: messageIdSchema.nullable(),
  createdAt: z.number(),
  parts: z.array(messagePartSchema),
  /** Shown, but not given to the model any more: its way out when the context is full. */
  leftOut: z.boolean(),
}

export const userMessageSchema = z.object({
  ...messageBase,
  role: z.literal('user'),
  /** What the switch said when it was sent. */
  asked: chatModeChoiceSchema,
})
export type UserMessage = z.infer<typeof userMessageSchema>

export const answerStatusSchema = z.enum(['waiting', 'running', 'complete', 'stopped', 'failed'])
export type AnswerStatus = z.infer<typeof answerStatusSchema>

export const answerSchema = z.object({
  ...messageBase,
  role: z.literal('assistant'),
  status: answerStatusSchema,
  /** Where the status is `failed`. */
  failure: failureSchema.nullable(),
  /** The job that writes it or wrote it; null where a person did. */
  jobId: jobIdSchema.nullable(),
  modelId: modelIdSchema,
  modelName: z.string(),
  /** Null until it is known. */
  modelHash: z.string().nullable(),
  decision: modeDecisionSchema,
  parameters: chatParametersSchema,
  /** Null until the turn is over. */
  statistics: turnStatisticsSchema.nullable(),
  /** True where a person rewrote what the model had said. */
  edited: z.boolean(),
})
export type Answer = z.infer<typeof answerSchema>

export const messageSchema = z.discriminatedUnion('role', [userMessageSchema, answerSchema])
export type Message = z.infer<typeof messageSchema>

export const titleSchema = z
  .string()
  .trim()
  .min(1, 'A title needs at least one character')
  .max(chatLimits.titleCharacters, `A title may have at most ${chatLimits.titleCharacters} characters`)

export const folderSchema = z
  .string()
  .trim()
  .min(1, 'A folder needs a name')
  .max(chatLimits.folderCharacters, `A folder's name may have at most ${chatLimits.folderCharacters} characters`)

export const conversationSchema = z.object({
  id: conversationIdSchema,
  title: z.string(),
  /** Whether a person named it; until then it is called after its first message. */
  named: z.boolean(),
  folder: z.string().nullable(),
  pinned: z.boolean(),
  /** Never listed, and forgotten when the studio starts next. */
  temporary: z.boolean(),
  createdAt: z.number(),
  /** When something was last said. */
  updatedAt: z.number(),
  deletedAt: z.number().nullable(),
  /** Who answers the next turn; null until one is chosen. Each answer says who gave it. */
  modelId: modelIdSchema.nullable(),
  settings: chatSettingsSchema,
  /** The branch that is shown at the top; null where nothing was said. */
  activeRootId: messageIdSchema.nullable(),
})
export type Conversation = z.infer<typeof conversationSchema>

/** A conversation in the list. */
export const conversationSummarySchema = conversationSchema.omit({ settings: true, activeRootId: true }).extend({
  messages: z.number().int(),
  /** Whether an answer is waiting or being written. */
  answering: z.boolean(),
  /** Words around what was searched for; null without a search, or where the title was what matched. */
  snippet: z.string().nullable(),
})
export type ConversationSummary = z.infer<typeof conversationSummarySchema>

export const conversationPageSchema = z.object({
  conversations: z.array(conversationSummarySchema),
  total: z.number().int(),
  nextCursor: z.string().nullable(),
})
export type ConversationPage = z.infer<typeof conversationPageSchema>

/** What stands in a composer that was not sent: kept as it is typed, so that a crash loses nothing. */
export const draftSchema = z.object({
  text: z.string().max(chatLimits.textCharacters),
  attachments: z.array(attachmentSchema).max(chatLimits.pictures),
  mode: chatModeChoiceSchema,
  /** The message that is being edited; null in the composer proper. */
  editing: messageIdSchema.nullable(),
})
export type ChatDraft = z.infer<typeof draftSchema>

/** A conversation with all its branches. */
export const conversationDetailSchema = z.object({
  conversation: conversationSchema,
  /** In the order in which they came; siblings are those with one parent. See `chat-tree.ts`. */
  messages: z.array(messageSchema),
})
export type ConversationDetail = z.infer<typeof conversationDetailSchema>
