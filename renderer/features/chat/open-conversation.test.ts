import fc from 'fast-check'
import { expect, it } from 'vitest'
import { textOf } from '../../../contract/chat-tree'
import type { ChatEvent, PhaseEvent } from '../../../contract/chat-events'
import type { MessageId } from '../../../contract/ids'
import { applyChatEvents, type OpenState } from './open-conversation'
import { answered, conversation, said } from './testing/chat-records'

const question = said({ id: 'm', parent: null, next: 'a' }, 'What is it?')
const answer = answered({ id: 'a', parent: 'm' }, [{ type: 'text', text: '' }], { status: 'running' })
const start: OpenState = {
  conversationId: null,
  detail: { conversation: conversation('c', { activeRootId: question.id }), messages: [question, answer] },
  phases: {},
  failure: null,
}

const piece = (text: string): ChatEvent => ({ type: 'piece', messageId: answer.id, part: 0, text, tokens: 1 })
const phase: PhaseEvent = {
  type: 'phase',
  messageId: answer.id,
  phase: 'prefill',
  label: 'Reading',
  done: 1,
  total: 2,
  secondsPerStep: null,
  eta: null,
}

it('gives the same words, in whichever batches they come', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string(), { maxLength: 5 }), { maxLength: 5 }), (batches) => {
      const end = batches.reduce((state, words) => applyChatEvents(state, words.map(piece)), start)
      expect(end.detail?.messages[1]?.parts).toEqual([{ type: 'text', text: batches.flat().join('') }])
      expect(end.detail?.messages[0]).toBe(question)
    }),
  )
})

it('knows what an answer is busy with until it is over', () => {
  const busy = applyChatEvents(start, [phase])
  expect(busy.phases[answer.id]).toEqual(phase)
  const over = applyChatEvents(busy, [{ type: 'message', message: { ...answer, status: 'complete' } }])
  expect(over.phases).toEqual({})
})

it('keeps other events between the pieces in their order', () => {
  const rewritten = { ...answer, parts: [{ type: 'text' as const, text: 'Anew: ' }] }
  const end = applyChatEvents(start, [piece('old'), { type: 'message', message: rewritten }, piece('words')])
  expect(textOf(end.detail!.messages[1]!)).toBe('Anew: words')
})

it('lets pieces of another message stand apart', () => {
  const other: ChatEvent = { type: 'piece', messageId: 'x' as MessageId, part: 0, text: 'no', tokens: 1 }
  const end = applyChatEvents(start, [piece('a'), other, piece('b')])
  expect(textOf(end.detail!.messages[1]!)).toBe('ab')
})
