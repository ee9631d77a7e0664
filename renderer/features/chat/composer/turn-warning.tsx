import { TriangleAlert } from 'lucide-react'
import { useStore } from 'zustand'
import type { MessageId } from '../../../../contract/ids'
import { textOf } from '../../../../contract/chat-tree'
import { Button } from '../../../ui/button'
import { formatBytes, groupDigits, plural, shortTitle } from '../../../ui/format'
import { leaveOut } from '../actions'
import { useChat } from '../context'
import { neededRows } from '../estimates'
import styles from './turn-warning.module.css'

/** What stands in the way of the turn before it is sent: a context that is full, with what to leave out, or memory that lacks. */
export function TurnWarning() {
  const feature = useChat()
  const estimate = useStore(feature.estimates.store, (state) => state.estimate)
  const messages = useStore(feature.open.store, (state) => state.detail?.messages)
  if (estimate === null) return null
  const { rows, leaveOut: ways, memory } = estimate
  const needed = neededRows(estimate)
  if (needed > rows.limit) {
    const name = (id: MessageId): string => {
      const message = messages?.find((one) => one.id === id)
      if (message === undefined) return 'a message'
      return `“${shortTitle(textOf(message) || (message.role === 'user' ? 'a picture' : 'a drawn picture'), 32)}”`
    }
    return (
      <div className={styles.note} role="status">
        <TriangleAlert size={16} strokeWidth={1.75} aria-hidden />
        <div>
          <p>
            <b>The context is full:</b> {groupDigits(needed)} rows are needed, and {groupDigits(rows.limit)} fit.
          </p>
          {ways.length === 0 ? (
            <p>Shorten the message, attach fewer pictures, or begin a new conversation.</p>
          ) : (
            <>
              <p>
                Leaving out{' '}
                {ways
                  .slice(0, 3)
                  .map(({ messageId }) => name(messageId))
                  .join(', ')}
                {ways.length > 3 ? ` and ${plural(ways.length - 3, 'more message')}` : ''} frees{' '}
                {groupDigits(ways.reduce((sum, way) => sum + way.rows, 0))} rows. They stay in the conversation.
              </p>
              <Button
                size="sm"
                onPress={() =>
                  leaveOut(
                    feature,
                    ways.map(({ messageId }) => messageId),
                    true,
                  )
                }
              >
                Leave them out
              </Button>
            </>
          )}
        </div>
      </div>
    )
  }
  if (memory.fits) return null
  return (
    <div className={styles.note} role="status">
      <TriangleAlert size={16} strokeWidth={1.75} aria-hidden />
      <p>
        <b>It may not fit:</b> this turn takes {formatBytes(memory.total)}, {formatBytes(memory.weights)} of it weights,
        and {formatBytes(memory.available)} are free. Unload other models, or choose a smaller size.
      </p>
    </div>
  )
}
