import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChatDraft, Conversation } from '../../contract/chat'
import { conversationIdSchema, messageIdSchema } from '../../contract/ids'
import { ConversationsTable, type ConversationFilter } from './conversations-table'
import { openDatabase, type Database } from './database'
import { DraftsTable } from './drafts-table'
import { MessagesTable } from './messages-table'
import { sampleAnswer, sampleConversation, sampleQuestion } from './testing/sample-conversations'
import { sampleAssetId } from './testing/sample-records'

let folder = ''
let database: Database
let conversations: ConversationsTable
let messages: MessagesTable
let drafts: DraftsTable
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-chats-'))
  database = openDatabase(join(folder, 'atelier.db'))
  conversations = new ConversationsTable(database)
  messages = new MessagesTable(database)
  drafts = new DraftsTable(database)
})
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true, force: true })
})

const add = (id: string, at: number, change: Partial<Conversation> = {}): Conversation => {
  const conversation = sampleConversation(id, at, change)
  conversations.save(conversation)
  return conversation
}
const page = (filter: Partial<ConversationFilter> = {}): string[] =>
  conversations.page({ search: '', limit: 50, ...filter }).conversations.map(({ conversation }) => conversation.id)
const c1 = conversationIdSchema.parse('c1')

describe('conversations', () => {
  it('come back as they were filed, and as they were filed anew', () => {
    const first = add('c1', 5)
    expect(conversations.get(first.id)).toEqual(first)
    const changed = { ...first, title: 'Renamed', pinned: true, updatedAt: 9 }
    conversations.save(changed)
    expect(conversations.get(first.id)).toEqual(changed)
    expect(conversations.page({ search: '', limit: 5 }).total).toBe(1)
  })

  it('are paged, the last said in first, each once, ten thousand of them', () => {
    database.transaction(() => {
      const insert = database.prepare(
        'INSERT INTO conversations (id, updated_at, deleted_at, folder, pinned, temporary, record) VALUES (?, ?, NULL, NULL, 0, 0, ?)',
      )
      for (let index = 0; index < 10_000; index += 1) {
        const record = sampleConversation(`c${index}`, Math.floor(index / 3))
        insert.run(record.id, record.updatedAt, JSON.stringify(record))
      }
    })
    const seen: string[] = []
    let cursor: string | undefined
    const started = performance.now()
    do {
      const read = conversations.page({ search: '', limit: 500, cursor })
      expect(read.total).toBe(10_000)
      seen.push(...read.conversations.map(({ conversation }) => conversation.id))
      cursor = read.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(10_000)
    expect(seen[0]).toBe('c9999')
    // Twenty pages in all: a page must not take as long as a person notices.
    expect((performance.now() - started) / 20).toBeLessThan(250)
  })

  it('are found by words of their title and of what was said, with the words around', () => {
    add('c1', 1, { title: 'Desk, penguin, castle' })
    add('c2', 2, { title: 'Something else' })
    messages.save(sampleQuestion('q1', null, 'Which of the mushrooms can one eat?'))
    messages.save(sampleAnswer('a1', 'q1', 'The chanterelle, if you are sure that it is one.'))
    expect(page({ search: 'pengu' })).toEqual(['c1'])
    expect(page({ search: 'mushroom eat' })).toEqual(['c1'])
    expect(page({ search: 'CHANTERELLE' })).toEqual(['c1'])
    expect(page({ search: 'nowhere' })).toEqual([])
    const [found] = conversations.page({ search: 'chanterelle', limit: 5 }).conversations
    expect(found?.snippet).toContain('chanterelle, if you are sure')
    expect(conversations.page({ search: 'castle', limit: 5 }).conversations[0]?.snippet).toBeNull()
  })

  it('are not found by what was said before an edit of the same message', () => {
    add('c1', 1)
    messages.save(sampleQuestion('q1', null, 'aardvark'))
    messages.save(sampleQuestion('q1', null, 'badger'))
    expect(page({ search: 'aardvark' })).toEqual([])
    expect(page({ search: 'badger' })).toEqual(['c1'])
  })

  it('are listed by folder and pin; temporary ones are not listed', () => {
    add('c1', 1, { folder: 'Work' })
    add('c2', 2, { folder: 'Home', pinned: true })
    add('c3', 3)
    add('c4', 4, { temporary: true, folder: 'Work' })
    expect(page()).toEqual(['c3', 'c2', 'c1'])
    expect(page({ folder: 'Work' })).toEqual(['c1'])
    expect(page({ folder: null })).toEqual(['c3'])
    expect(page({ pinned: true })).toEqual(['c2'])
    expect(page({ pinned: false })).toEqual(['c3', 'c1'])
    expect(conversations.folders()).toEqual([
      { name: 'Home', conversations: 1 },
      { name: 'Work', conversations: 1 },
    ])
  })

  it('leave the list when removed, come back when restored, and go with all they hold when purged', () => {
    const { id } = add('c1', 1)
    messages.save(sampleQuestion('q1', null, 'aardvark'))
    drafts.save(id, { text: 'half a tho', attachments: [], mode: 'auto', editing: null })
    conversations.remove(id)
    expect(page()).toEqual([])
    expect(conversations.get(id).deletedAt).not.toBeNull()
    conversations.restore(id)
    expect(page({ search: 'aardvark' })).toEqual(['c1'])
    conversations.remove(id)
    conversations.purge(Date.now() + 1)
    expect(() => conversations.get(id)).toThrow(expect.objectContaining({ code: 'CONVERSATION_NOT_FOUND' }))
    expect(messages.of(id)).toEqual([])
    expect(drafts.get(id)).toBeNull()
    // The number of a purged message may be given out again: its words must not come with it.
    add('c2', 2)
    messages.save(sampleQuestion('q2', null, 'badger', { conversationId: conversationIdSchema.parse('c2') }))
    expect(page({ search: 'aardvark' })).toEqual([])
  })

  it('that are temporary are forgotten when that is asked for, and no others', () => {
    add('c1', 1, { temporary: true })
    add('c2', 2)
    conversations.forgetTemporary()
    expect(() => conversations.get(c1)).toThrow()
    expect(page()).toEqual(['c2'])
  })
})

describe('messages', () => {
  it('come back in the order in which they came, however often they grow', () => {
    add('c1', 1)
    const question = sampleQuestion('q1', null, 'Hello')
    const answer = sampleAnswer('a1', 'q1', '', { status: 'running' })
    messages.save(question, answer)
    const grown = sampleAnswer('a1', 'q1', 'Good day', { status: 'running' })
    messages.save(grown)
    messages.save({ ...question, activeChildId: answer.id })
    expect(messages.of(c1).map(({ id }) => id)).toEqual(['q1', 'a1'])
    expect(messages.get(answer.id)).toEqual(grown)
    expect(conversations.listed(c1)).toMatchObject({ messages: 2, answering: true })
    expect(messages.unfinished().map(({ id }) => id)).toEqual(['a1'])
    messages.save({ ...grown, status: 'complete' })
    expect(messages.unfinished()).toEqual([])
    expect(conversations.listed(c1).answering).toBe(false)
  })

  it('are filed all or none', () => {
    add('c1', 1)
    const broken = { ...sampleQuestion('q2', null, 'x'), conversationId: null as never }
    expect(() => messages.save(sampleQuestion('q1', null, 'Hello'), broken)).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }),
    )
    expect(messages.of(c1)).toEqual([])
  })

  it('say so when there is no such message', () => {
    expect(() => messages.get(messageIdSchema.parse('none'))).toThrow(
      expect.objectContaining({ code: 'MESSAGE_NOT_FOUND' }),
    )
  })
})

describe('drafts', () => {
  const draft: ChatDraft = {
    text: 'Give this pen',
    attachments: [{ assetId: sampleAssetId, thumbnailId: sampleAssetId, width: 4, height: 4, name: 'a.png' }],
    mode: 'edit',
    editing: null,
  }

  it('are kept one for each conversation and one for a new one', () => {
    drafts.save(null, draft)
    drafts.save(c1, { ...draft, text: 'other' })
    drafts.save(c1, { ...draft, text: 'newest' })
    expect(drafts.get(null)).toEqual(draft)
    expect(drafts.get(c1)?.text).toBe('newest')
    drafts.save(null, null)
    expect(drafts.get(null)).toBeNull()
  })

  it('keep the pictures that they hold', () => {
    drafts.save(null, draft)
    expect(conversations.usedAssets()).toContain(sampleAssetId)
  })
})
