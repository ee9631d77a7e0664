import type { Message } from '../../../../contract/chat'
import { childrenOf, textOf } from '../../../../contract/chat-tree'
import type { MessageId } from '../../../../contract/ids'
import { shortTitle } from '../../../ui/format'

/** One own message of the tree: its answers are versions of it rather than rows. */
export interface BranchRow {
  readonly messageId: MessageId
  readonly label: string
  readonly createdAt: number
  /** Whether it is on the branch that is shown. */
  readonly isShown: boolean
  /** Which column its dot stands in: 0 for the branch that is shown. */
  readonly column: number
  /** The row that it goes on from; null at the top. */
  readonly parentRow: number | null
  /** How many answers it has. */
  readonly answers: number
}

const columns = 4

/**
 * The conversation's own messages as rows of a map, from the first to the last. The branch that is shown keeps to the left; what
 * leaves it stands further right.
 */
export function branchRows(messages: readonly Message[], path: readonly Message[]): BranchRow[] {
  const shown = new Set(path.map(({ id }) => id))
  const rows: BranchRow[] = []

  function visit(message: Message, parentRow: number | null, column: number): void {
    let own = parentRow
    let next = column
    if (message.role === 'user') {
      const isShown = shown.has(message.id)
      next = isShown ? 0 : column
      own = rows.length
      rows.push({
        messageId: message.id,
        label: labelOf(message),
        createdAt: message.createdAt,
        isShown,
        column: next,
        parentRow,
        answers: childrenOf(messages, message.id).length,
      })
    }
    const children = childrenOf(messages, message.id)
    // Branches that are not shown come first, so that the one that is shown ends at the foot.
    const sorted = [...children.filter(({ id }) => !shown.has(id)), ...children.filter(({ id }) => shown.has(id))]
    for (const child of sorted) visit(child, own, childColumn(child, next, shown))
  }

  const roots = childrenOf(messages, null)
  const sorted = [...roots.filter(({ id }) => !shown.has(id)), ...roots.filter(({ id }) => shown.has(id))]
  for (const root of sorted) visit(root, null, shown.has(root.id) ? 0 : 1)
  return rows
}

function childColumn(child: Message, column: number, shown: ReadonlySet<MessageId>): number {
  if (shown.has(child.id)) return 0
  return Math.min(columns - 1, column === 0 ? 1 : column)
}

function labelOf(message: Message): string {
  const text = textOf(message)
  if (text !== '') return shortTitle(text, 60)
  const pictures = message.parts.filter(({ type }) => type === 'picture').length
  return pictures === 1 ? 'A picture' : `${pictures} pictures`
}
