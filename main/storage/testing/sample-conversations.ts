import {
  answerSchema,
  conversationSchema,
  userMessageSchema,
  type Answer,
  type Conversation,
  type UserMessage,
} from '../../../contract/chat'
import { chatParametersSchema } from '../../../contract/chat-settings'

export const sampleParameters = chatParametersSchema.parse({
  system: '',
  think: false,
  maxTokens: 64,
  thinkTokens: 64,
  sampling: {},
  strategy: null,
  precision: 'float32',
  drawing: null,
  history: true,
})

export function sampleConversation(id: string, updatedAt: number, change: Partial<Conversation> = {}): Conversation {
  return {
    ...conversationSchema.parse({
      id,
      title: 'A chat',
      named: false,
      folder: null,
      pinned: false,
      temporary: false,
      createdAt: updatedAt,
      updatedAt,
      deletedAt: null,
      modelId: 'm',
      settings: {},
      activeRootId: null,
    }),
    ...change,
  }
}

/** A message of a person after `parentId`. */
export function sampleQuestion(
  id: string,
  parentId: string | null,
  text: string,
  change: Partial<UserMessage> = {},
): UserMessage {
  return {
    ...userMessageSchema.parse({
      role: 'user',
      id,
      conversationId: 'c1',
      parentId,
      activeChildId: null,
      createdAt: 1,
      parts: [{ type: 'text', text }],
      leftOut: false,
      asked: 'auto',
    }),
    ...change,
  }
}

export function sampleAnswer(id: string, parentId: string, text: string, change: Partial<Answer> = {}): Answer {
  return {
    ...answerSchema.parse({
      role: 'assistant',
      id,
      conversationId: 'c1',
      parentId,
      activeChildId: null,
      createdAt: 2,
      parts: text === '' ? [] : [{ type: 'text', text }],
      leftOut: false,
      status: 'complete',
      failure: null,
      jobId: 'job',
      modelId: 'm',
      modelName: 'Model',
      modelHash: 'hash',
      decision: { asked: 'auto', mode: 'read', rule: 'text-only', reason: 'The model writes text alone' },
      parameters: sampleParameters,
      statistics: null,
      edited: false,
    }),
    ...change,
  }
}
