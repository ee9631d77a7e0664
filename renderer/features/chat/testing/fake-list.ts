import type { ConversationDetail, ConversationPage, ConversationSummary } from '../../../../contract/chat'
import { conversation } from './chat-records'

/** The list of a fake core: what it answers to `chat.list` and `chat.folders`. */

type Details = ReadonlyMap<string, ConversationDetail>

export interface ListInput {
  readonly search?: string
  readonly folder?: string | null
  readonly pinned?: boolean
  readonly limit?: number
  readonly cursor?: string
}

const titles = ['Which mushroom is this?', 'Count the apples', 'Rainy harbour, three takes', 'Read the receipt']

/** Conversations with nothing in them, ever older. */
export function otherConversations(count: number): ConversationDetail[] {
  return Array.from({ length: count }, (_, index) => {
    const updatedAt = Date.now() - index * index * 1_400_000 - 3_600_000
    const record = conversation(`other-${index}`, {
      title: titles[index % titles.length] ?? '',
      updatedAt,
      createdAt: updatedAt,
      pinned: index === 2,
      folder: index % 7 === 3 ? 'Receipts' : null,
    })
    return { conversation: record, messages: [] }
  })
}

export function summaryOf({ conversation, messages }: ConversationDetail): ConversationSummary {
  const answering = messages.some((one) => one.role === 'assistant' && one.status === 'running')
  return { ...conversation, messages: messages.length, answering, snippet: null }
}

export function listOf(details: Details, input: ListInput): ConversationPage {
  const { search = '', folder, pinned, limit = 100, cursor } = input
  const found = [...details.values()]
    .map(summaryOf)
    .filter((one) => one.deletedAt === null && !one.temporary)
    .filter((one) => pinned === undefined || one.pinned === pinned)
    .filter((one) => folder === undefined || one.folder === folder)
    .filter((one) => one.title.toLowerCase().includes(search.toLowerCase()))
    .sort((a, b) => b.updatedAt - a.updatedAt)
  const from = Number(cursor ?? 0)
  const to = from + limit
  return {
    conversations: found.slice(from, to),
    total: found.length,
    nextCursor: to < found.length ? String(to) : null,
  }
}

export function foldersOf(details: Details): { name: string; conversations: number }[] {
  const names = new Map<string, number>()
  for (const { conversation } of details.values()) {
    const { folder } = conversation
    if (folder !== null) names.set(folder, (names.get(folder) ?? 0) + 1)
  }
  return [...names].map(([name, conversations]) => ({ name, conversations }))
}
