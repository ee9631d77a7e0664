import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConversationDetail, Message } from '../../contract/chat'
import { activePath, childrenOf, pathTo, siblingsOf } from '../../contract/chat-tree'
import { conversationIdSchema, messageIdSchema, type MessageId } from '../../contract/ids'
import { sampleAnswer, sampleConversation, sampleQuestion } from '../storage/testing/sample-conversations'
import { withChain, withChosen, withNewIds, type TreeChange } from './chat-tree-changes'

/** What storage does with a change: new messages at the end, changed ones in their place. */
function applied(detail: ConversationDetail, { conversation, messages }: TreeChange): ConversationDetail {
  const changed = new Map(messages.map((message) => [message.id, message]))
  const known = detail.messages.map((message) => changed.get(message.id) ?? message)
  const fresh = messages.filter(({ id }) => !detail.messages.some((message) => message.id === id))
  return { conversation, messages: [...known, ...fresh] }
}

const empty = (): ConversationDetail => ({ conversation: sampleConversation('c1', 1), messages: [] })

/** What people do: say something anywhere, ask for another answer, edit, choose a branch. Numbers pick a message. */
const action = fc.record({
  kind: fc.constantFrom('send', 'send-at', 'regenerate', 'edit', 'choose'),
  pick: fc.nat(1000),
})
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never

function play(actions: readonly Action[]): { detail: ConversationDetail; steps: ConversationDetail[] } {
  let detail = empty()
  const steps = [detail]
  let next = 0
  const id = (kind: string): string => `${kind}${(next += 1)}`
  const turn = (): Message[] => [sampleQuestion(id('q'), null, 'x'), sampleAnswer(id('a'), 'set-by-the-chain', 'y')]
  const of = (role: Message['role'], pick: number): Message | undefined => {
    const fitting = detail.messages.filter((message) => message.role === role)
    return fitting[pick % Math.max(1, fitting.length)]
  }
  for (const { kind, pick } of actions) {
    const question = of('user', pick)
    const answer = of('assistant', pick)
    let change: TreeChange
    if (kind === 'regenerate' && question !== undefined) {
      change = withChain(detail, question.id, [sampleAnswer(id('a'), question.id, 'again')])
    } else if (kind === 'edit' && question !== undefined) change = withChain(detail, question.parentId, turn())
    else if (kind === 'choose' && answer !== undefined) change = withChosen(detail, answer.id)
    else if (kind === 'send-at') change = withChain(detail, answer?.id ?? null, turn())
    else change = withChain(detail, activePath(detail).at(-1)?.id ?? null, turn())
    detail = applied(detail, change)
    steps.push(detail)
  }
  return { detail, steps }
}

const played = fc.array(action, { maxLength: 30 }).map(play)

describe('whatever people do in a conversation', () => {
  it('never loses a message, and never moves one to another parent', () => {
    fc.assert(
      fc.property(played, ({ steps }) => {
        for (const [index, after] of steps.slice(1).entries()) {
          const before = steps[index]!
          const parents = new Map(after.messages.map(({ id, parentId }) => [id, parentId]))
          for (const { id, parentId } of before.messages) expect(parents.get(id)).toBe(parentId)
          expect(after.messages.slice(0, before.messages.length).map(({ id }) => id)).toEqual(
            before.messages.map(({ id }) => id),
          )
        }
      }),
    )
  })

  it('leaves a tree: one parent each, each under its own root, each found among its siblings', () => {
    fc.assert(
      fc.property(played, ({ detail: { messages } }) => {
        const reached = new Set<MessageId>()
        const walk = (parentId: MessageId | null): void => {
          for (const { id } of childrenOf(messages, parentId)) {
            expect(reached.has(id)).toBe(false)
            reached.add(id)
            walk(id)
          }
        }
        walk(null)
        expect(reached.size).toBe(messages.length)
        for (const message of messages) {
          expect(siblingsOf(messages, message).filter(({ id }) => id === message.id)).toHaveLength(1)
          const path = pathTo(messages, message.id)
          expect(path[0]?.parentId).toBeNull()
          expect(path.at(-1)).toBe(message)
        }
      }),
    )
  })

  it('shows one branch from a root to a leaf, questions and answers in turn', () => {
    fc.assert(
      fc.property(played, ({ detail }) => {
        const path = activePath(detail)
        if (detail.messages.length === 0) return
        expect(path.map(({ role }) => role)).toEqual(path.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')))
        path.forEach(({ parentId }, index) => expect(parentId).toBe(path[index - 1]?.id ?? null))
        expect(childrenOf(detail.messages, path.at(-1)!.id)).toEqual([])
        // Every fork has a branch that is shown, and it is a child of its own.
        for (const { id, activeChildId } of detail.messages) {
          const children = childrenOf(detail.messages, id).map((child) => child.id)
          if (children.length === 0) expect(activeChildId).toBeNull()
          else expect(children).toContain(activeChildId)
        }
      }),
    )
  })

  it('shows what was just said or chosen', () => {
    fc.assert(
      fc.property(played, fc.nat(1000), ({ detail }, pick) => {
        if (detail.messages.length === 0) return
        const chosen = detail.messages[pick % detail.messages.length]!
        const shown = activePath(applied(detail, withChosen(detail, chosen.id)))
        expect(shown.map(({ id }) => id)).toContain(chosen.id)
        const said = sampleAnswer('new', chosen.id, 'here')
        expect(activePath(applied(detail, withChain(detail, chosen.id, [said]))).at(-1)?.id).toBe('new')
      }),
    )
  })

  it('has the same shape under new ids', () => {
    fc.assert(
      fc.property(played, ({ detail }) => {
        let next = 0
        const copy = withNewIds(detail, conversationIdSchema.parse('copy'), () =>
          messageIdSchema.parse(`n${(next += 1)}`),
        )
        const shape = ({ conversation, messages }: ConversationDetail) => {
          const place = new Map<MessageId | null, number | null>(messages.map(({ id }, index) => [id, index]))
          place.set(null, null)
          return {
            root: place.get(conversation.activeRootId),
            messages: messages.map(({ parentId, activeChildId, parts, role }) => ({
              parent: place.get(parentId),
              child: place.get(activeChildId),
              parts,
              role,
            })),
          }
        }
        expect(shape(copy)).toEqual(shape(detail))
        const ids = new Set(detail.messages.map(({ id }) => id))
        expect(copy.messages.some(({ id }) => ids.has(id))).toBe(false)
        expect(copy.messages.every(({ conversationId }) => conversationId === 'copy')).toBe(true)
      }),
    )
  })
})
