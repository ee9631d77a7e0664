import { randomUUID } from 'node:crypto'
import {
  conversationSummarySchema,
  type Answer,
  type Conversation,
  type ConversationDetail,
  type ConversationSummary,
  type Message,
} from '../../contract/chat'
import type { ChatEvent } from '../../contract/chat-events'
import { textOf } from '../../contract/chat-tree'
import { StudioError } from '../../contract/errors'
import {
  conversationIdSchema,
  messageIdSchema,
  type ConversationId,
  type MessageId,
  type ModelId,
} from '../../contract/ids'
import type { ConversationsTable, ListedConversation } from '../storage/conversations-table'
import type { MessagesTable } from '../storage/messages-table'
import type { ChatStreams } from './chat-stream'
import type { TreeChange } from './chat-tree-changes'

export function newConversationId(): ConversationId {
  return conversationIdSchema.parse(randomUUID())
}

export function newMessageId(): MessageId {
  return messageIdSchema.parse(randomUUID())
}

const longestTitle = 60
const unnamed = 'New chat'

/** A title out of what was said first: its first words. */
export function titleOf(message: Message): string {
  const words = textOf(message).replace(/\s+/g, ' ')
  if (words === '') return message.parts.some(({ type }) => type === 'picture') ? 'A picture' : unnamed
  return words.length > longestTitle ? `${words.slice(0, longestTitle - 1).trimEnd()}…` : words
}

/** Conversations as they are kept and told of: every change is written before it is said. */
export class ChatStore {
  readonly #conversations: ConversationsTable
  readonly #messages: MessagesTable
  readonly #streams: ChatStreams

  constructor(needs: { conversations: ConversationsTable; messages: MessagesTable; streams: ChatStreams }) {
    this.#conversations = needs.conversations
    this.#messages = needs.messages
    this.#streams = needs.streams
  }

  create(
    given: Partial<Pick<Conversation, 'title' | 'folder' | 'temporary' | 'settings'>> & { modelId: ModelId | null },
  ): Conversation {
    const now = Date.now()
    const conversation: Conversation = {
      id: newConversationId(),
      title: given.title ?? unnamed,
      named: given.title !== undefined,
      folder: given.folder ?? null,
      pinned: false,
      temporary: given.temporary ?? false,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
      modelId: given.modelId,
      settings: given.settings ?? {},
      activeRootId: null,
    }
    return this.saveConversation(conversation)
  }

  /** @throws StudioError CONVERSATION_NOT_FOUND */
  conversation(id: ConversationId): Conversation {
    return this.#conversations.get(id)
  }

  /** @throws StudioError CONVERSATION_NOT_FOUND */
  detail(id: ConversationId): ConversationDetail {
    return { conversation: this.#conversations.get(id), messages: this.#messages.of(id) }
  }

  /** A message with the conversation around it. @throws StudioError MESSAGE_NOT_FOUND, CONVERSATION_NOT_FOUND */
  around(messageId: MessageId): ConversationDetail & { readonly message: Message } {
    const message = this.#messages.get(messageId)
    return { ...this.detail(message.conversationId), message }
  }

  /** @throws StudioError MESSAGE_NOT_FOUND, INVALID_INPUT where it is a person's */
  answer(messageId: MessageId): Answer {
    const message = this.#messages.get(messageId)
    if (message.role === 'assistant') return message
    throw new StudioError('INVALID_INPUT', 'This message is not an answer', {
      field: 'messageId',
      remedy: 'Choose one that a model gave.',
    })
  }

  saveConversation(conversation: Conversation): Conversation {
    this.#conversations.save(conversation)
    this.#streams.publish(conversation.id, { type: 'conversation', conversation })
    this.#tellList(conversation.id)
    return conversation
  }

  /** Files a whole conversation, such as a copy. */
  saveDetail({ conversation, messages }: ConversationDetail): Conversation {
    this.#messages.save(...messages)
    return this.saveConversation(conversation)
  }

  /** Files what changed in a tree because something was said, and names the conversation after it where nobody did. */
  say(change: TreeChange): Conversation {
    const { conversation, messages } = change
    this.#messages.save(...messages)
    for (const message of messages) this.#streams.publish(conversation.id, { type: 'message', message })
    const first = messages.find(({ parentId, role }) => parentId === null && role === 'user')
    const title =
      !conversation.named && conversation.title === unnamed && first !== undefined ? titleOf(first) : conversation.title
    return this.saveConversation({ ...conversation, title, updatedAt: Date.now() })
  }

  /** Files what changed without anything being said, such as the branch that is shown. */
  rearrange({ conversation, messages }: TreeChange): void {
    this.#messages.save(...messages)
    for (const message of messages) this.#streams.publish(conversation.id, { type: 'message', message })
    if (conversation.activeRootId !== this.#conversations.get(conversation.id).activeRootId) {
      this.saveConversation(conversation)
    }
  }

  /**
   * Changes fields of a message as it is now: another window may have chosen a branch below it meanwhile.
   * @param tell whether those who follow are told; not where they were by smaller events
   */
  patch<Kind extends Message>(message: Kind, change: Partial<Kind>, tell = true): Kind {
    const current = this.#messages.get(message.id) as Kind
    const patched: Kind = { ...current, ...change }
    this.#messages.save(patched)
    if (tell) this.#streams.publish(message.conversationId, { type: 'message', message: patched })
    return patched
  }

  /** Says that a turn began or ended, for the list to show. */
  touch(id: ConversationId): void {
    this.saveConversation({ ...this.#conversations.get(id), updatedAt: Date.now() })
  }

  publish(id: ConversationId, event: ChatEvent): void {
    this.#streams.publish(id, event)
  }

  follow(id: ConversationId, signal?: AbortSignal): AsyncGenerator<ChatEvent, void, void> {
    // Asked for here, so that a conversation that is not there is an error of the call and not of the stream.
    this.#conversations.get(id)
    return this.#streams.follow(id, () => ({ type: 'snapshot', ...this.detail(id) }), signal)
  }

  remove(ids: readonly ConversationId[]): void {
    for (const id of ids) {
      this.#conversations.remove(id)
      this.#streams.publishList({ type: 'removed', conversationId: id })
    }
  }

  restore(ids: readonly ConversationId[]): void {
    for (const id of ids) {
      this.#conversations.restore(id)
      this.#tellList(id)
    }
  }

  #tellList(id: ConversationId): void {
    const listed = this.#conversations.listed(id)
    if (!listed.conversation.temporary) this.#streams.publishList({ type: 'changed', conversation: toSummary(listed) })
  }
}

export function toSummary({ conversation, ...counted }: ListedConversation): ConversationSummary {
  // The schema leaves out what a list does not show.
  return conversationSummarySchema.parse({ ...conversation, ...counted })
}
