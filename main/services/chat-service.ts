import type { Conversation, ConversationPage } from '../../contract/chat'
import { pathTo } from '../../contract/chat-tree'
import { StudioError } from '../../contract/errors'
import type { ConversationId, MessageId, ModelId } from '../../contract/ids'
import type { ImageRecord } from '../../contract/images'
import type { ChatSettings } from '../../contract/chat-settings'
import type { AssetStore } from '../storage/assets'
import type { ConversationFilter, ConversationsTable } from '../storage/conversations-table'
import type { DraftsTable } from '../storage/drafts-table'
import type { ImagesTable } from '../storage/images-table'
import type { ChatEngine } from './chat-engine'
import { exportConversation, importConversation } from './chat-files'
import { saidElsewhere, type SaidElsewhere } from './chat-messages'
import { imageRecordOf } from './chat-picture'
import { newConversationId, newMessageId, toSummary, type ChatStore } from './chat-store'
import type { ChatStreams } from './chat-stream'
import type { ChatTurns } from './chat-turns'
import { withChain, withNewIds } from './chat-tree-changes'

export interface ChatServiceNeeds {
  readonly store: ChatStore
  readonly turns: ChatTurns
  readonly streams: ChatStreams
  readonly conversations: ConversationsTable
  readonly drafts: DraftsTable
  readonly images: ImagesTable
  readonly assets: AssetStore
  readonly engine: (modelId: string) => Promise<ChatEngine>
}

export interface NewConversation extends Pick<Conversation, 'folder' | 'temporary' | 'settings'> {
  readonly modelId?: ModelId | undefined
  readonly title?: string | undefined
  readonly messages: readonly SaidElsewhere[]
}

export interface ConversationPatch {
  readonly title?: string | undefined
  readonly folder?: string | null | undefined
  readonly pinned?: boolean | undefined
  readonly temporary?: boolean | undefined
  readonly modelId?: ModelId | undefined
  readonly settings?: ChatSettings | undefined
}

/** Conversations as a whole; what is said in them is `turns`. */
export class ChatService {
  readonly store: ChatStore
  readonly turns: ChatTurns
  readonly streams: ChatStreams
  readonly drafts: DraftsTable
  readonly assets: AssetStore
  readonly #conversations: ConversationsTable
  readonly #images: ImagesTable
  readonly #engine: ChatServiceNeeds['engine']

  constructor(needs: ChatServiceNeeds) {
    this.store = needs.store
    this.turns = needs.turns
    this.streams = needs.streams
    this.drafts = needs.drafts
    this.assets = needs.assets
    this.#conversations = needs.conversations
    this.#images = needs.images
    this.#engine = needs.engine
  }

  /** Begins a conversation, empty or after what was said elsewhere. */
  async create({ modelId, title, messages, ...given }: NewConversation): Promise<Conversation> {
    const start = { ...given, modelId: modelId ?? null, ...(title === undefined ? {} : { title }) }
    if (messages.length === 0) return this.store.create(start)
    if (modelId === undefined) {
      throw new StudioError('INVALID_INPUT', 'A conversation that begins with messages needs a model', {
        field: 'modelId',
        remedy: 'Name the model in whose name the answers stand.',
      })
    }
    const engine = await this.#engine(modelId)
    const conversation = this.store.create(start)
    const chain = messages.map((message) => saidElsewhere(conversation, message, engine))
    return this.store.say(withChain({ conversation, messages: [] }, null, chain))
  }

  page(filter: ConversationFilter): ConversationPage {
    const { conversations, ...rest } = this.#conversations.page(filter)
    return { conversations: conversations.map(toSummary), ...rest }
  }

  folders(): { name: string; conversations: number }[] {
    return this.#conversations.folders()
  }

  update(id: ConversationId, { title, ...patch }: ConversationPatch): Conversation {
    const conversation = this.store.conversation(id)
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
    return this.store.saveConversation({
      ...conversation,
      ...given,
      ...(title === undefined ? {} : { title, named: true }),
    })
  }

  /** A copy; with `upTo`, of what leads to that message alone. */
  duplicate(id: ConversationId, upTo: MessageId | undefined): Conversation {
    const { conversation, messages } = this.store.detail(id)
    const path = upTo === undefined ? messages : pathTo(messages, upTo)
    if (upTo !== undefined && path.length === 0) {
      throw new StudioError('MESSAGE_NOT_FOUND', 'This message is not in the conversation', {
        field: 'upTo',
        remedy: 'Open the conversation again.',
      })
    }
    const kept = path.map((message, index) =>
      upTo === undefined ? message : { ...message, activeChildId: path[index + 1]?.id ?? null },
    )
    const root = upTo === undefined ? conversation.activeRootId : (path[0]?.id ?? null)
    const now = Date.now()
    const copy = withNewIds(
      {
        conversation: {
          ...conversation,
          activeRootId: root,
          title: `${conversation.title} (copy)`,
          named: true,
          pinned: false,
          createdAt: now,
          updatedAt: now,
          deletedAt: null,
        },
        messages: kept,
      },
      newConversationId(),
      newMessageId,
    )
    // An answer that is being written goes on in the original alone.
    const settled = copy.messages.map((message) =>
      message.role === 'assistant' && (message.status === 'waiting' || message.status === 'running')
        ? { ...message, status: 'stopped' as const, jobId: null }
        : message,
    )
    return this.store.saveDetail({ conversation: copy.conversation, messages: settled })
  }

  export(id: ConversationId, kind: 'markdown' | 'json'): Promise<File> {
    return exportConversation(this.store.detail(id), kind, this.assets)
  }

  async import(file: File): Promise<Conversation> {
    return this.store.saveDetail(await importConversation(file, this.assets))
  }

  /** Puts a drawn picture into the gallery; one that is there already is given back as it is. */
  keep(messageId: MessageId, place: number): ImageRecord {
    const answer = this.store.answer(messageId)
    const part = answer.parts[place]
    if (part?.type !== 'drawn') {
      throw new StudioError('INVALID_INPUT', 'This part of the answer is no drawn picture', {
        field: 'part',
        remedy: 'Choose one that the model drew.',
      })
    }
    if (part.imageId !== null) return this.#images.get(part.imageId)
    const record = imageRecordOf(
      answer,
      part,
      pathTo(this.store.detail(answer.conversationId).messages, answer.parentId),
    )
    this.#images.insert(record)
    const parts = answer.parts.map((one, index) => (index === place ? { ...part, imageId: record.id } : one))
    this.store.patch(answer, { parts })
    return record
  }
}
