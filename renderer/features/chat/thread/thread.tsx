import { ArrowDown } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import type { Message } from '../../../../contract/chat'
import { Button } from '../../../ui/button'
import { ErrorNote } from '../../../ui/error-note'
import { ToastShelf } from '../../../ui/toast-shelf'
import { useChat } from '../context'
import { EmptyThread } from '../empty/empty-thread'
import { newConversation } from '../conversation-actions'
import { usePath } from '../selectors'
import { AnswerView } from './answer'
import styles from './thread.module.css'
import { ThreadSkeleton } from './thread-skeleton'
import { useStickToBottom } from './use-stick-to-bottom'
import { useTail } from './use-tail'
import { UserMessageView } from './user-message'

/** The branch that is shown, from its first message to the last. */
export function Thread() {
  const feature = useChat()
  const { open } = feature
  const conversationId = useStore(open.store, (state) => state.conversationId)
  const messages = useStore(open.store, (state) => state.detail?.messages)
  const failure = useStore(open.store, (state) => state.failure)
  const path = usePath()
  const families = useMemo(() => familiesOf(messages ?? []), [messages])
  const isThere = path.length > 0
  const { isAtEnd, toEnd, scroller, content } = useStickToBottom(isThere ? conversationId : null)
  const hidden = useTail(path.length, conversationId)
  const last = path.at(-1)
  // Whoever says something wants to see the answer.
  const lastOwn = path.findLast(({ role }) => role === 'user')?.id ?? null
  useEffect(() => toEnd(), [lastOwn, toEnd])

  return (
    <div className={styles.area}>
      <div ref={scroller} className={styles.scroller} data-chat-scroller>
        {failure !== null ? (
          <div className={styles.middle}>
            <ErrorNote
              size="stage"
              failure={failure}
              actions={[
                { label: 'Open it again', run: () => open.restart() },
                { label: 'New conversation', run: () => newConversation(feature) },
              ]}
            />
          </div>
        ) : conversationId !== null && messages === undefined ? (
          <ThreadSkeleton />
        ) : isThere ? null : (
          <EmptyThread />
        )}
        <div ref={content} className={styles.thread} hidden={!isThere || failure !== null}>
          {path.slice(hidden).map((message) => {
            const family = families.get(message.parentId) ?? [message.id]
            const shared = {
              place: family.indexOf(message.id),
              count: family.length,
              isLast: message === last,
            }
            return message.role === 'user' ? (
              <UserMessageView key={message.id} message={message} {...shared} />
            ) : (
              <AnswerView key={message.id} message={message} {...shared} />
            )
          })}
        </div>
      </div>
      {isThere && !isAtEnd ? (
        <Button variant="over" className={styles.down} onPress={toEnd}>
          <ArrowDown size={14} aria-hidden />
          To the latest
        </Button>
      ) : null}
      <ToastShelf className={styles.shelf} />
    </div>
  )
}

/** Ids of siblings by their parent, in the order in which they came. */
function familiesOf(messages: readonly Message[]): ReadonlyMap<Message['parentId'], Message['id'][]> {
  const families = new Map<Message['parentId'], Message['id'][]>()
  for (const { id, parentId } of messages) {
    const family = families.get(parentId)
    if (family === undefined) families.set(parentId, [id])
    else family.push(id)
  }
  return families
}
