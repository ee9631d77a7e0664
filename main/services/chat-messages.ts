import type { Answer, Attachment, Conversation, Message, UserMessage } from '../../contract/chat'
import type { ChatModeChoice, ChatSettings } from '../../contract/chat-settings'
import { StudioError } from '../../contract/errors'
import type { ConversationId } from '../../contract/ids'
import type { ChatEngine } from './chat-engine'
import { resolveParameters } from './chat-parameters'
import type { PreparedTurn } from './chat-prepare'
import { newMessageId } from './chat-store'

export interface Said {
  readonly text: string
  readonly attachments: readonly Attachment[]
  readonly mode: ChatModeChoice
  readonly settings: ChatSettings
}

/** A message of a person that stands nowhere yet. */
export function questionOf(conversationId: ConversationId | null, { text, attachments, mode }: Said): UserMessage {
  return {
    role: 'user',
    id: newMessageId(),
    conversationId: conversationId ?? ('' as ConversationId),
    parentId: null,
    activeChildId: null,
    createdAt: Date.now(),
    parts: [
      ...attachments.map((attachment) => ({ ...attachment, type: 'picture' as const, seen: null, encoded: null })),
      ...(text.trim() === '' ? [] : [{ type: 'text' as const, text: text.trim() }]),
    ],
    leftOut: false,
    asked: mode,
  }
}

/** An answer that waits to be written. */
export function answerOf(
  question: UserMessage,
  { engine, decision, parameters }: Pick<PreparedTurn, 'engine' | 'decision' | 'parameters'>,
  parts: Answer['parts'],
): Answer {
  return {
    role: 'assistant',
    id: newMessageId(),
    conversationId: question.conversationId,
    parentId: question.id,
    activeChildId: null,
    createdAt: Date.now(),
    parts,
    leftOut: false,
    status: 'waiting',
    failure: null,
    jobId: null,
    modelId: engine.model.id,
    modelName: engine.model.name,
    modelHash: null,
    decision,
    parameters,
    statistics: null,
    edited: false,
  }
}

/** The message that an answer answers; a person's message itself. */
export function questionFor(messages: readonly Message[], message: Message): UserMessage {
  const question = message.role === 'user' ? message : messages.find(({ id }) => id === message.parentId)
  if (question?.role === 'user') return question
  throw new StudioError('MESSAGE_NOT_FOUND', 'The message that this answers is not there', {
    field: 'messageId',
    remedy: 'Say it again.',
  })
}

/** A message of a conversation that was had in another place. */
export interface SaidElsewhere {
  readonly role: Message['role']
  readonly text: string
  readonly attachments: readonly Attachment[]
}

/** Such a message as one of this conversation; an answer stands in the model's name, as one that a person wrote. */
export function saidElsewhere(
  { id: conversationId }: Pick<Conversation, 'id'>,
  { role, text, attachments }: SaidElsewhere,
  engine: ChatEngine,
): Message {
  const question = questionOf(conversationId, { text, attachments, mode: 'auto', settings: {} })
  if (role === 'user') return question
  const { model, facts } = engine
  const decision = { asked: 'auto', mode: 'read', rule: 'asked', reason: 'It was said elsewhere' } as const
  const parameters = resolveParameters({ name: model.name, facts }, 'read', {})
  const answer = answerOf(question, { engine, decision, parameters }, question.parts)
  return { ...answer, status: 'complete', edited: true }
}
