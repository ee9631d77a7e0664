import type {
  Answer,
  Attachment,
  ChatDraft,
  Conversation,
  ConversationDetail,
  Message,
} from '../../../../contract/chat'
import { applyChatEvent } from '../../../../contract/chat-apply'
import type { ChatEvent, ConversationEvent } from '../../../../contract/chat-events'
import type { ChatMode, ChatModeChoice, ChatSettings } from '../../../../contract/chat-settings'
import { activeLeaf, textOf } from '../../../../contract/chat-tree'
import { StudioError } from '../../../../contract/errors'
import type { AssetId, ConversationId, MessageId, ModelId } from '../../../../contract/ids'
import { fakeAssetId } from '../../../testing/fake-data'
import { createFakeStudio, type FakeStudio } from '../../../testing/fake-studio'
import { answered, attachment, conversation as newRecord, drawn, pictureModel, said, textModel } from './chat-records'
import { estimateOf, type EstimateInput } from './fake-estimate'
import { foldersOf, listOf, otherConversations, summaryOf, type ListInput } from './fake-list'
import { createFeed } from './feed'

export interface FakeChatOptions {
  readonly details?: readonly ConversationDetail[]
  /** More conversations, with nothing in them, for the length of the list. */
  readonly others?: number
  readonly hasModel?: boolean
  readonly isTextOnly?: boolean
  /** Tokens a second; 0 gives an answer at once. */
  readonly rate?: number
  readonly answer?: string
  readonly secondsPerStep?: number
}

export interface FakeChat extends FakeStudio {
  readonly details: Map<string, ConversationDetail>
  readonly drafts: Map<string, ChatDraft>
  readonly emit: (conversationId: ConversationId, event: ChatEvent) => void
}

interface Said {
  readonly text: string
  readonly attachments?: readonly Attachment[]
  readonly mode?: ChatModeChoice
}

const ticksPerSecond = 30

/** A fake studio whose core keeps conversations in memory and answers by rote. */
export function createFakeChat(options: FakeChatOptions = {}): FakeChat {
  const { hasModel = true, isTextOnly = false, rate = 0, secondsPerStep = 0 } = options
  const fake = createFakeStudio()
  const details = new Map<string, ConversationDetail>()
  const drafts = new Map<string, ChatDraft>()
  const follow = createFeed<{ id: ConversationId; event: ChatEvent }>()
  const watch = createFeed<ConversationEvent>()
  const model = isTextOnly ? textModel : pictureModel
  const stopped = new Set<string>()
  let next = 1
  fake.core.answer('models.list', async () => (hasModel ? (isTextOnly ? [textModel] : [pictureModel, textModel]) : []))
  for (const detail of options.details ?? []) details.set(detail.conversation.id, detail)
  for (const other of otherConversations(options.others ?? 0)) details.set(other.conversation.id, other)

  function detailOf(id: string): ConversationDetail {
    const detail = details.get(id)
    if (detail === undefined) throw new StudioError('CONVERSATION_NOT_FOUND', 'That conversation is not there any more')
    return detail
  }

  function emit(id: ConversationId, event: ChatEvent): void {
    const detail = applyChatEvent(details.get(id) ?? null, event)
    if (detail !== null) details.set(id, detail)
    follow.push({ id, event })
    if (event.type === 'conversation') watch.push({ type: 'changed', conversation: summaryOf(detailOf(id)) })
  }

  function change(id: ConversationId, patch: Partial<Conversation>): Conversation {
    const record = { ...detailOf(id).conversation, ...patch }
    emit(id, { type: 'conversation', conversation: record })
    return record
  }

  function find(messageId: string): { detail: ConversationDetail; message: Message } {
    for (const detail of details.values()) {
      const message = detail.messages.find(({ id }) => id === messageId)
      if (message !== undefined) return { detail, message }
    }
    throw new StudioError('MESSAGE_NOT_FOUND', 'That message is not there any more')
  }

  /** Puts a message into the tree and shows its branch. */
  function add(id: ConversationId, message: Message): void {
    emit(id, { type: 'message', message })
    if (message.parentId === null) change(id, { activeRootId: message.id, updatedAt: Date.now() })
    else {
      const parent = find(message.parentId).message
      emit(id, { type: 'message', message: { ...parent, activeChildId: message.id } })
    }
  }

  function say(id: ConversationId, parentId: MessageId | null, input: Said): { message: Message; answer: Answer } {
    const place = { id: `said-${next++}`, parent: parentId, at: Date.now() }
    const pictures = (input.attachments ?? []).map((one) => ({
      ...one,
      type: 'picture' as const,
      seen: null,
      encoded: null,
    }))
    const own = said(place, input.text)
    const message = { ...own, conversationId: id, parts: [...(pictures as Message['parts']), ...own.parts] }
    add(id, message)
    const { conversation } = detailOf(id)
    if (!conversation.named && parentId === null) change(id, { title: textOf(message).slice(0, 40) || 'A picture' })
    return { message, answer: answer(id, message.id, decide(input.text, input.mode ?? 'auto')) }
  }

  function decide(text: string, asked: ChatModeChoice): ChatMode {
    if (asked !== 'auto') return asked
    return /^(draw|paint|a |an )/i.test(text) && !isTextOnly ? 'draw' : 'read'
  }

  function answer(id: ConversationId, parentId: MessageId, mode: ChatMode): Answer {
    const parts: Message['parts'] =
      mode === 'read'
        ? [{ type: 'text', text: '' }]
        : [drawn(0, { assetId: null, thumbnailId: null, state: 'drawing', step: 0, frames: [] })]
    const place = { id: `answer-${next++}`, parent: parentId, at: Date.now() }
    const decision = { asked: 'auto' as const, mode, rule: 'question' as const, reason: '“draw” asks for a picture' }
    const record: Answer = {
      ...answered(place, parts),
      conversationId: id,
      status: 'running',
      decision,
      modelId: model.id,
    }
    add(id, record)
    void (mode === 'read' ? write(record) : draw(record))
    return record
  }

  async function write(record: Answer): Promise<void> {
    const words = (options.answer ?? 'Two red apples and a moon. The moon is yellow.').match(/\s*\S+/g) ?? []
    const each = rate === 0 ? words.length : Math.max(1, Math.round(rate / ticksPerSecond))
    for (let from = 0; from < words.length && !stopped.has(record.id); from += each) {
      const text = words.slice(from, from + each).join('')
      emit(record.conversationId, { type: 'piece', messageId: record.id, part: 0, text, tokens: from + each })
      if (rate > 0) await pause(1000 / ticksPerSecond)
    }
    finish(record)
  }

  async function draw(record: Answer): Promise<void> {
    const steps = 24
    for (let step = 1; step <= steps && !stopped.has(record.id); step += 1) {
      const frame = { step, sigma: 1 - step / steps, assetId: fakeAssetId(500 + step) }
      emit(record.conversationId, { type: 'step', messageId: record.id, part: 0, step, frame })
      if (secondsPerStep > 0) await pause(secondsPerStep * 1000)
    }
    finish(record)
  }

  function finish({ id }: Answer): void {
    const { message } = find(id)
    if (message.role === 'user') return
    const isStopped = stopped.has(id)
    const parts = message.parts.map((part) =>
      part.type === 'drawn' ? { ...part, state: isStopped ? ('partial' as const) : ('done' as const) } : part,
    )
    emit(message.conversationId, {
      type: 'message',
      message: { ...message, parts, status: isStopped ? 'stopped' : 'complete' },
    })
  }

  const chat = {
    list: async (input: ListInput) => listOf(details, input),
    folders: async () => foldersOf(details),
    watch: async (_: undefined, call?: { signal?: AbortSignal }) => watch.read(call?.signal),
    async *follow({ conversationId: id }: { conversationId: ConversationId }, call?: { signal?: AbortSignal }) {
      const rest = follow.read(call?.signal)
      yield { type: 'snapshot' as const, ...detailOf(id) }
      for await (const one of rest) if (one.id === id) yield one.event
    },
    async create(input: { modelId?: ModelId; settings?: ChatSettings; temporary?: boolean; folder?: string | null }) {
      const now = Date.now()
      const record = newRecord(`conversation-${next++}`, {
        title: 'New conversation',
        createdAt: now,
        updatedAt: now,
        ...input,
      })
      details.set(record.id, { conversation: record, messages: [] })
      watch.push({ type: 'changed', conversation: summaryOf(detailOf(record.id)) })
      return record
    },
    update: async ({ conversationId, title, ...patch }: { conversationId: ConversationId; title?: string }) =>
      change(conversationId, { ...patch, ...(title === undefined ? {} : { title, named: true }) }),
    async remove({ conversationIds }: { conversationIds: ConversationId[] }) {
      for (const id of conversationIds) change(id, { deletedAt: 1 })
      return conversationIds
    },
    async restore({ conversationIds }: { conversationIds: ConversationId[] }) {
      for (const id of conversationIds) change(id, { deletedAt: null })
      return conversationIds
    },
    async attach(input: { file: File } | { assetId: AssetId }) {
      if ('assetId' in input) return { ...attachment(1), assetId: input.assetId, thumbnailId: input.assetId }
      if (!input.file.type.startsWith('image/')) {
        throw new StudioError('INVALID_INPUT', `${input.file.name} is no picture`, {
          remedy: 'Attach PNG, JPEG or WebP.',
        })
      }
      return attachment(60 + next++, input.file.name)
    },
    estimate: async (input: EstimateInput) => estimateOf(decide(input.text, input.mode), input),
    async send({
      conversationId,
      parentId,
      ...input
    }: Said & { conversationId: ConversationId; parentId?: MessageId }) {
      return say(conversationId, parentId ?? activeLeaf(detailOf(conversationId))?.id ?? null, input)
    },
    async edit({ messageId, ...input }: Said & { messageId: MessageId }) {
      const { detail, message } = find(messageId)
      return say(detail.conversation.id, message.parentId, input)
    },
    async regenerate({ messageId, mode }: { messageId: MessageId; mode?: ChatMode }) {
      const { detail, message } = find(messageId)
      const asked = message.role === 'user' ? message : find(message.parentId ?? '').message
      return answer(detail.conversation.id, asked.id, mode ?? decide(textOf(asked), 'auto'))
    },
    async rewrite({ messageId, text }: { messageId: MessageId; text: string }) {
      const { detail, message } = find(messageId)
      const place = { id: `answer-${next++}`, parent: message.parentId, at: Date.now() }
      const record = {
        ...answered(place, [{ type: 'text', text }], { edited: true }),
        conversationId: detail.conversation.id,
      }
      add(detail.conversation.id, record)
      return record
    },
    async stop({ messageId }: { messageId: MessageId }) {
      stopped.add(messageId)
      const { message } = find(messageId)
      if (message.role === 'assistant' && message.status === 'running') finish(message)
      return find(messageId).message
    },
    async choose({ messageId }: { messageId: MessageId }) {
      const { detail, message } = find(messageId)
      let child: Message = message
      while (child.parentId !== null) {
        const parent = find(child.parentId).message
        emit(detail.conversation.id, { type: 'message', message: { ...parent, activeChildId: child.id } })
        child = parent
      }
      change(detail.conversation.id, { activeRootId: child.id })
      return detailOf(detail.conversation.id)
    },
    async leaveOut({ messageIds, leftOut }: { messageIds: MessageId[]; leftOut: boolean }) {
      return messageIds.map((id) => {
        const { detail, message } = find(id)
        emit(detail.conversation.id, { type: 'message', message: { ...message, leftOut } })
        return message
      })
    },
    draft: async ({ conversationId }: { conversationId: string | null }) => drafts.get(conversationId ?? '') ?? null,
    async saveDraft({ conversationId, draft }: { conversationId: string | null; draft: ChatDraft | null }) {
      if (draft === null) drafts.delete(conversationId ?? '')
      else drafts.set(conversationId ?? '', draft)
      return draft
    },
  }
  const speculation = {
    drafts: async () => [
      { modelId: 'small-draft', name: 'Small draft', difference: null },
      { modelId: 'stranger', name: 'Stranger', difference: 'token 7 is "the" there' },
    ],
  }
  Object.assign(fake.core.client, { chat, speculation })
  return { ...fake, details, drafts, emit }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
