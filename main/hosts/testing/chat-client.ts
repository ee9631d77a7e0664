import type { StudioClient } from '../../../contract/client'
import type { Answer, Conversation, ConversationDetail, Message } from '../../../contract/chat'
import { applyChatEvent } from '../../../contract/chat-apply'
import type { ChatEvent } from '../../../contract/chat-events'
import { modelIdSchema, type ConversationId, type MessageId } from '../../../contract/ids'

export const isOver = (message: Message | undefined): message is Answer =>
  message?.role === 'assistant' && message.status !== 'waiting' && message.status !== 'running'

/** Chat as a window does it, for tests. */
export class ChatClient {
  readonly client: StudioClient
  readonly model: string

  constructor(client: StudioClient, model: string) {
    this.client = client
    this.model = model
  }

  create(settings = {}): Promise<Conversation> {
    return this.client.chat.create({ modelId: modelIdSchema.parse(this.model), settings })
  }

  /** Follows a conversation until `done`, applying its events. */
  async until(
    conversationId: ConversationId,
    done: (detail: ConversationDetail, event: ChatEvent) => boolean,
  ): Promise<{ detail: ConversationDetail; events: ChatEvent[] }> {
    const abort = new AbortController()
    const events: ChatEvent[] = []
    let detail: ConversationDetail | null = null
    try {
      for await (const event of await this.client.chat.follow({ conversationId }, { signal: abort.signal })) {
        events.push(event)
        detail = applyChatEvent(detail, event)
        if (detail !== null && done(detail, event)) return { detail, events }
      }
    } finally {
      abort.abort()
    }
    throw new Error('The stream of the conversation ended')
  }

  /** An answer once it is over. */
  async ended(answer: Pick<Answer, 'id' | 'conversationId'>): Promise<Answer> {
    const find = ({ messages }: ConversationDetail): Message | undefined => messages.find(({ id }) => id === answer.id)
    const { detail } = await this.until(answer.conversationId, (now) => isOver(find(now)))
    return find(detail) as Answer
  }

  async say(conversationId: ConversationId, text: string, rest: object = {}): Promise<Answer> {
    const { answer } = await this.client.chat.send({ conversationId, text, ...rest })
    return this.ended(answer)
  }

  async message(messageId: MessageId, conversationId: ConversationId): Promise<Message> {
    const { messages } = await this.client.chat.get({ conversationId })
    const found = messages.find(({ id }) => id === messageId)
    if (found === undefined) throw new Error(`There is no message ${messageId}`)
    return found
  }
}
