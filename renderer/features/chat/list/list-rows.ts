import type { ConversationSummary } from '../../../../contract/chat'
import { formatClock } from '../../../ui/format'

export type ListRow =
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'conversation'; readonly conversation: ConversationSummary }

const day = 86_400_000

/** Conversations under headings: the pinned ones, then the others by how long ago something was last said. */
export function listRows(
  pinned: readonly ConversationSummary[],
  others: readonly ConversationSummary[],
  now: number,
): ListRow[] {
  const rows: ListRow[] = []
  if (pinned.length > 0) rows.push({ kind: 'heading', label: 'Pinned' })
  for (const conversation of pinned) rows.push({ kind: 'conversation', conversation })
  let label: string | null = null
  for (const conversation of others) {
    const next = ageOf(conversation.updatedAt, now)
    if (next !== label) rows.push({ kind: 'heading', label: next })
    label = next
    rows.push({ kind: 'conversation', conversation })
  }
  return rows
}

/** "Today", "Yesterday", "Last 7 days", "Last 30 days", then the month. */
export function ageOf(time: number, now: number): string {
  const today = new Date(now).setHours(0, 0, 0, 0)
  if (time >= today) return 'Today'
  if (time >= today - day) return 'Yesterday'
  if (time >= today - 7 * day) return 'Last 7 days'
  if (time >= today - 30 * day) return 'Last 30 days'
  return new Date(time).toLocaleDateString('en-GB', { month: 'long', year: 'numeric' })
}

/** As exact as its heading leaves open: a time, a weekday, or a date. */
export function shortTime(time: number, now: number): string {
  const today = new Date(now).setHours(0, 0, 0, 0)
  if (time >= today - day) return formatClock(time)
  const date = new Date(time)
  if (time >= today - 7 * day) return date.toLocaleDateString('en-GB', { weekday: 'short' })
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
}

/** The nearest row of a conversation in a direction, from a row; the row itself where there is none. */
export function nextConversation(rows: readonly ListRow[], from: number, direction: 1 | -1): number {
  for (let index = from + direction; index >= 0 && index < rows.length; index += direction) {
    if (rows[index]?.kind === 'conversation') return index
  }
  return from
}
