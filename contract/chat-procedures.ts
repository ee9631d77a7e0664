import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import {
  answerSchema,
  attachmentSchema,
  conversationDetailSchema,
  conversationPageSchema,
  conversationSchema,
  draftSchema,
  folderSchema,
  messageSchema,
  titleSchema,
  userMessageSchema,
} from './chat'
import { chatEventSchema, conversationEventSchema, turnEstimateSchema } from './chat-events'
import { chatLimits, chatModeChoiceSchema, chatSettingsSchema } from './chat-settings'
import { assetIdSchema, conversationIdSchema, messageIdSchema, modelIdSchema } from './ids'
import { imageSchema } from './images'
import { procedure } from './procedure'

const conversation = z.object({ conversationId: conversationIdSchema })
const conversations = z.object({ conversationIds: z.array(conversationIdSchema).min(1) })
const message = z.object({ messageId: messageIdSchema })

/** What is said: words, pictures or both. Whether that is enough depends on the mode and is judged when it is sent. */
const said = z.object({
  text: z
    .string()
    .max(
      chatLimits.textCharacters,
      `A message may have at most ${chatLimits.textCharacters.toLocaleString('en')} characters`,
    ),
  /** Of `attach`, in the order in which the model reads them. */
  attachments: z.array(attachmentSchema).default([]),
  mode: chatModeChoiceSchema.default('auto'),
  /** For this turn alone, over those of the conversation. */
  settings: chatSettingsSchema.prefault({}),
})

/** Another answer to the same message: what is absent stays as the conversation and the message have it. */
const again = z.object({
  mode: chatModeChoiceSchema.optional(),
  modelId: modelIdSchema.optional(),
  settings: chatSettingsSchema.prefault({}),
})

const turn = z.object({ message: userMessageSchema, answer: answerSchema })

export const chatProcedures = {
  /** Conversations, the last said in first. Temporary ones are not listed. */
  list: procedure
    .input(
      z.object({
        /** Words of titles and messages, each as a beginning. */
        search: z.string().max(200).default(''),
        /** One folder; null for those in none; all where absent. */
        folder: z.string().nullable().optional(),
        pinned: z.boolean().optional(),
        limit: z.number().int().min(1).max(500).default(100),
        cursor: z.string().optional(),
      }),
    )
    .output(conversationPageSchema),
  /** A folder is there while a conversation is in it. */
  folders: procedure.output(z.array(z.object({ name: z.string(), conversations: z.number().int() }))),
  /** Each change of the list from now on. */
  watch: procedure.output(eventIterator(conversationEventSchema)),
  get: procedure.input(conversation).output(conversationDetailSchema.extend({ draft: draftSchema.nullable() })),
  create: procedure
    .input(
      z.object({
        modelId: modelIdSchema.optional(),
        title: titleSchema.optional(),
        folder: folderSchema.nullable().default(null),
        temporary: z.boolean().default(false),
        settings: chatSettingsSchema.prefault({}),
        /** What was said elsewhere before, to go on from. Needs `modelId`, in whose name answers stand. */
        messages: z
          .array(
            z.object({
              role: z.enum(['user', 'assistant']),
              text: z.string().max(chatLimits.textCharacters),
              attachments: z.array(attachmentSchema).default([]),
            }),
          )
          .max(1000, 'At most 1,000 messages')
          .default([]),
      }),
    )
    .output(conversationSchema),
  /** Renames, moves, pins, or changes who answers and how. What is absent stays; `settings` are replaced whole. */
  update: procedure
    .input(
      conversation.extend({
        title: titleSchema.optional(),
        folder: folderSchema.nullable().optional(),
        pinned: z.boolean().optional(),
        /** False keeps a temporary conversation. */
        temporary: z.boolean().optional(),
        modelId: modelIdSchema.optional(),
        settings: chatSettingsSchema.optional(),
      }),
    )
    .output(conversationSchema),
  /** A copy with all branches; with `upTo`, only what leads to that message. */
  duplicate: procedure.input(conversation.extend({ upTo: messageIdSchema.optional() })).output(conversationSchema),
  /** Takes conversations off the list; `restore` brings them back until they are purged 30 days later. */
  remove: procedure.input(conversations).output(z.array(conversationIdSchema)),
  restore: procedure.input(conversations).output(z.array(conversationIdSchema)),
  /** Markdown with its pictures and the JSON beside it as a ZIP, or the JSON with its pictures in it. */
  export: procedure
    .input(conversation.extend({ format: z.enum(['markdown', 'json']) }))
    .output(z.object({ file: z.file() })),
  /** Files a conversation that was exported, in either form, here or on another machine. */
  import: procedure.input(z.object({ file: z.file() })).output(conversationSchema),

  /** Takes in a picture: a file, or one that the studio has already. Refuses what is no picture or too large. */
  attach: procedure
    .input(z.union([z.object({ file: z.file() }), z.object({ assetId: assetIdSchema })]))
    .output(attachmentSchema),
  /** What a turn would be: mode with its reason, sizes as sent, rows, memory, seconds. Loads no weights. */
  estimate: procedure
    .input(
      said.extend({
        conversationId: conversationIdSchema.nullable().default(null),
        /** Where it would stand; after the last message shown where absent. */
        parentId: messageIdSchema.nullable().optional(),
        /** The conversation's own where absent. */
        modelId: modelIdSchema.optional(),
      }),
    )
    .output(turnEstimateSchema),
  /** Says something after the last message shown, or after `parentId`, and queues the answer. */
  send: procedure
    .input(conversation.extend({ ...said.shape, parentId: messageIdSchema.nullable().optional() }))
    .output(turn),
  /** Another answer beside the one there is; given a message of one's own, another answer to it. */
  regenerate: procedure.input(message.extend(again.shape)).output(answerSchema),
  /** Says something else in a message's place, as a branch beside it, and queues the answer. */
  edit: procedure.input(message.extend(said.shape)).output(turn),
  /** Puts other words in an answer's place, as a branch beside it; nothing is computed. */
  rewrite: procedure
    .input(message.extend({ text: z.string().trim().min(1, 'Write something').max(chatLimits.textCharacters) }))
    .output(answerSchema),
  /** Draws again after another thought, as an answer beside the one there is. */
  rethink: procedure
    .input(
      message.extend({
        think: z.string().trim().min(1, 'Write a thought').max(chatLimits.textCharacters),
        settings: chatSettingsSchema.prefault({}),
      }),
    )
    .output(answerSchema),
  /** Goes on where an answer in words was stopped or cut, as a branch beside it that begins with the same words. */
  continue: procedure.input(message).output(answerSchema),
  /** Stops an answer after the run in hand; what there is of it is kept and marked. What is over stays as it is. */
  stop: procedure.input(message).output(messageSchema),
  /** Shows the branch that a message is on, all the way down from it. */
  choose: procedure.input(message).output(conversationDetailSchema),
  /** Leaves messages out of what the model reads, or takes them in again. They stay where they are. */
  leaveOut: procedure
    .input(z.object({ messageIds: z.array(messageIdSchema).min(1), leftOut: z.boolean() }))
    .output(z.array(messageSchema)),
  /** A conversation as it stands, then everything that changes in it, until the reader goes. */
  follow: procedure.input(conversation).output(eventIterator(chatEventSchema)),
  /** Puts a drawn picture into the gallery. Keeping it twice changes nothing. */
  keep: procedure.input(message.extend({ part: z.number().int().min(0) })).output(imageSchema),

  /** What was typed and not sent; null where the composer is empty. Without a conversation: the composer of a new one. */
  draft: procedure.input(z.object({ conversationId: conversationIdSchema.nullable() })).output(draftSchema.nullable()),
  saveDraft: procedure
    .input(z.object({ conversationId: conversationIdSchema.nullable(), draft: draftSchema.nullable() }))
    .output(draftSchema.nullable()),
}
