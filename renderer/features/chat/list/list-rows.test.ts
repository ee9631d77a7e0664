import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConversationSummary } from '../../../../contract/chat'
import { conversation } from '../testing/chat-records'
import { withChange, type ListState } from './conversation-list'
import { ageOf, listRows, nextConversation, shortTime } from './list-rows'

const now = new Date(2026, 5, 10, 12).getTime()
const hour = 3_600_000

function summary(id: string, changes: Partial<ConversationSummary> = {}): ConversationSummary {
  return { ...conversation(id), messages: 2, answering: false, snippet: null, ...changes }
}

function list(changes: Partial<ListState> = {}): ListState {
  return {
    pinned: [],
    others: [],
    total: 0,
    nextCursor: null,
    search: '',
    folder: undefined,
    folders: [],
    isLoaded: true,
    failure: null,
    ...changes,
  }
}

const ids = (conversations: readonly ConversationSummary[]) => conversations.map(({ id }) => id)

describe('the list of conversations', () => {
  it('stands under headings by age, the pinned ones first', () => {
    const others = [
      summary('a', { updatedAt: now - hour }),
      summary('b', { updatedAt: now - 20 * hour }),
      summary('c', { updatedAt: now - 75 * hour }),
      summary('d', { updatedAt: now - 60 * 24 * hour }),
    ]
    const rows = listRows([summary('p')], others, now)
    expect(rows.map((row) => (row.kind === 'heading' ? row.label : row.conversation.id))).toEqual([
      'Pinned',
      'p',
      'Today',
      'a',
      'Yesterday',
      'b',
      'Last 7 days',
      'c',
      'April 2026',
      'd',
    ])
  })

  it('names each time as exactly as its heading leaves open', () => {
    expect([hour, 20 * hour, 75 * hour, 60 * 24 * hour].map((age) => shortTime(now - age, now))).toEqual([
      '11:00',
      '16:00',
      'Sun',
      '11 Apr',
    ])
    expect(ageOf(now, now)).toBe('Today')
  })

  it('steps over headings', () => {
    const rows = listRows([summary('p')], [summary('a', { updatedAt: now })], now)
    expect(nextConversation(rows, 1, 1)).toBe(3)
    expect(nextConversation(rows, 3, 1)).toBe(3)
    expect(nextConversation(rows, 3, -1)).toBe(1)
  })

  it('gives every conversation one row, in order, whatever their times are', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(now), { maxLength: 40 }), (times) => {
        const others = times.sort((a, b) => b - a).map((updatedAt, index) => summary(String(index), { updatedAt }))
        const rows = listRows([], others, now)
        expect(rows.flatMap((row) => (row.kind === 'conversation' ? [row.conversation] : []))).toEqual(others)
        expect(rows.filter(({ kind }) => kind === 'heading').length).toBe(
          new Set(times.map((time) => ageOf(time, now))).size,
        )
      }),
    )
  })
})

describe('a change of the list', () => {
  const state = list({
    others: [summary('a', { updatedAt: 30 }), summary('b', { updatedAt: 20 })],
    pinned: [summary('p', { updatedAt: 10, pinned: true })],
    total: 2,
  })

  it('moves what was said in last to the top', () => {
    const next = withChange(state, summary('b', { updatedAt: 40 }))
    expect(ids(next!.others)).toEqual(['b', 'a'])
    expect(next!.total).toBe(2)
  })

  it('moves what is pinned, and what no longer is', () => {
    const pinned = withChange(state, summary('a', { updatedAt: 30, pinned: true }))!
    expect([ids(pinned.pinned), ids(pinned.others), pinned.total]).toEqual([['a', 'p'], ['b'], 1])
    const back = withChange(pinned, summary('a', { updatedAt: 30 }))!
    expect([ids(back.pinned), ids(back.others), back.total]).toEqual([['p'], ['a', 'b'], 2])
  })

  it('takes in what is new, and leaves temporary ones out', () => {
    expect(ids(withChange(state, summary('c', { updatedAt: 50, createdAt: 50 }))!.others)).toEqual(['c', 'a', 'b'])
    expect(withChange(state, summary('c', { temporary: true }))).toEqual(state)
  })

  it('asks the core where a folder changed or words are searched for', () => {
    expect(withChange(state, summary('a', { folder: 'Receipts' }))).toBeNull()
    expect(withChange({ ...state, search: 'cat' }, summary('new'))).toBeNull()
  })

  it('keeps the words that were found', () => {
    const found = list({ search: 'cat', others: [summary('a', { snippet: 'a cat' })], total: 1 })
    expect(withChange(found, summary('a', { title: 'Pets' }))!.others[0]).toMatchObject({
      title: 'Pets',
      snippet: 'a cat',
    })
  })
})
