import { describe, expect, it } from 'vitest'
import type { Answer, ConversationDetail } from './chat'
import { applyChatEvent } from './chat-apply'
import type { ChatEvent } from './chat-events'
import { assetIdSchema, messageIdSchema } from './ids'

const id = messageIdSchema.parse('a1')
const assetId = assetIdSchema.parse('a'.repeat(64))
const answer = {
  role: 'assistant',
  id,
  parts: [
    { type: 'think', text: 'Hm', closed: false, tokens: 1, milliseconds: 0, edited: false },
    { type: 'text', text: 'Good' },
    { type: 'drawn', assetId: null, thumbnailId: null, step: 0, steps: 7, state: 'drawing', frames: [] },
  ],
} as unknown as Answer
const other = { ...answer, id: messageIdSchema.parse('a2') }
const detail = { conversation: { title: 'x' }, messages: [answer, other] } as unknown as ConversationDetail
const after = (...events: ChatEvent[]): Answer => {
  let now: ConversationDetail | null = detail
  for (const event of events) now = applyChatEvent(now, event)
  return now!.messages[0] as Answer
}

describe('an event of a conversation', () => {
  it('adds words to the part they belong to, and counts a thought’s tokens', () => {
    expect(after({ type: 'piece', messageId: id, part: 1, text: ' day', tokens: 2 }).parts[1]).toEqual({
      type: 'text',
      text: 'Good day',
    })
    expect(after({ type: 'piece', messageId: id, part: 0, text: 'm', tokens: 4 }).parts[0]).toMatchObject({
      text: 'Hmm',
      tokens: 4,
    })
  })

  it('shows the newest preview, and counts a step without one', () => {
    const frame = { step: 1, sigma: 0.9, assetId }
    const shown = after(
      { type: 'step', messageId: id, part: 2, step: 1, frame },
      { type: 'step', messageId: id, part: 2, step: 2, frame: null },
    )
    expect(shown.parts[2]).toMatchObject({ step: 2, assetId, frames: [frame] })
  })

  it('leaves all that it is not about the same object, so that it is not drawn again', () => {
    const now = applyChatEvent(detail, { type: 'piece', messageId: id, part: 1, text: '!', tokens: 1 })
    expect(now!.messages[1]).toBe(other)
    expect((now!.messages[0] as Answer).parts[0]).toBe(answer.parts[0])
  })

  it('of a message that is not there changes nothing; a message that is new comes last', () => {
    const none = messageIdSchema.parse('none')
    expect(applyChatEvent(detail, { type: 'piece', messageId: none, part: 0, text: 'x', tokens: 1 })).toEqual(detail)
    const fresh = { ...answer, id: none }
    expect(applyChatEvent(detail, { type: 'message', message: fresh })!.messages.at(-1)).toBe(fresh)
    expect(applyChatEvent(null, { type: 'message', message: fresh })).toBeNull()
  })
})
