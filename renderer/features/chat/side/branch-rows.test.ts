import { expect, it } from 'vitest'
import { activePath } from '../../../../contract/chat-tree'
import { deskConversation } from '../testing/desk-conversation'
import { branchRows } from './branch-rows'

it('keeps the branch that is shown to the left and ends with it', () => {
  const detail = deskConversation(1_000_000_000)
  const rows = branchRows(detail.messages, activePath(detail))
  expect(rows.map(({ messageId, column, isShown, parentRow }) => [messageId, column, isShown, parentRow])).toEqual([
    ['m1', 0, true, null],
    ['m2', 1, false, 0],
    ['m3', 0, true, 0],
    ['m4', 1, false, 2],
    ['m5', 0, true, 2],
  ])
})

it('counts the answers of a message, and names one that is a picture alone', () => {
  const detail = deskConversation(1_000_000_000)
  const pictures = detail.messages.map((message) =>
    message.id === 'm1' ? { ...message, parts: message.parts.slice(0, 1) } : message,
  )
  const [first] = branchRows(pictures, activePath(detail))
  expect(first).toMatchObject({ answers: 3, label: 'A picture' })
})
