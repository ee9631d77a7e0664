import { Ellipsis, Pin } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { ConversationSummary } from '../../../../contract/chat'
import { IconButton } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import shared from '../../../ui/shared.module.css'
import { useChat } from '../context'
import { changeConversation } from '../conversation-actions'
import styles from './conversation-row.module.css'
import { shortTime } from './list-rows'

interface ConversationRowProps {
  readonly conversation: ConversationSummary
  readonly place: number
  readonly top: number
  readonly now: number
  readonly isShown: boolean
  /** One row of the list is reached by Tab; arrows move on from there. */
  readonly isFocusable: boolean
  readonly isRenaming: boolean
  readonly onOpen: () => void
  readonly onRename: (id: string | null) => void
  readonly onMenu: (at: { readonly x: number; readonly y: number }) => void
}

export function ConversationRow(props: ConversationRowProps) {
  const { conversation, place, top, now, isShown, isFocusable, isRenaming, onOpen, onRename, onMenu } = props
  const { title, snippet, pinned, answering, updatedAt } = conversation
  return (
    <li
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      data-shown={isShown || undefined}
      data-found={snippet !== null || undefined}
      onContextMenu={(event) => {
        event.preventDefault()
        onMenu({ x: event.clientX, y: event.clientY })
      }}
    >
      {isRenaming ? (
        <TitleField conversation={conversation} onDone={() => onRename(null)} />
      ) : (
        <button
          type="button"
          className={styles.open}
          data-place={place}
          tabIndex={isFocusable ? 0 : -1}
          aria-current={isShown ? 'true' : undefined}
          onClick={onOpen}
          onDoubleClick={() => onRename(conversation.id)}
        >
          <span className={styles.title}>{title}</span>
          {answering ? <i className={styles.busy} role="img" aria-label="answering" /> : null}
          {pinned ? <Pin size={12} strokeWidth={2} aria-label="pinned" /> : null}
          <span className={styles.time}>{shortTime(updatedAt, now)}</span>
          {snippet === null ? null : <span className={styles.snippet}>{snippet}</span>}
        </button>
      )}
      {isRenaming ? null : (
        <span className={styles.more}>
          <IconButton
            label={`Actions for “${title}”`}
            excludeFromTabOrder={!isFocusable}
            onPress={(event) => {
              const box = event.target.getBoundingClientRect()
              onMenu({ x: box.left, y: box.bottom })
            }}
          >
            <Ellipsis size={14} />
          </IconButton>
        </span>
      )}
    </li>
  )
}

function TitleField({
  conversation,
  onDone,
}: {
  readonly conversation: ConversationSummary
  readonly onDone: () => void
}) {
  const feature = useChat()
  const field = useRef<HTMLInputElement>(null)
  const isOver = useRef(false)
  useEffect(() => field.current?.select(), [])

  function finish(saves: boolean): void {
    if (isOver.current) return
    isOver.current = true
    const title = field.current?.value.trim() ?? ''
    if (saves && title !== '' && title !== conversation.title)
      void changeConversation(feature, conversation.id, { title })
    onDone()
  }

  return (
    <input
      ref={field}
      className={cx(shared.well, shared.line, styles.field)}
      aria-label="Title"
      defaultValue={conversation.title}
      maxLength={200}
      autoFocus
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Enter') finish(true)
        if (event.key === 'Escape') {
          event.preventDefault()
          finish(false)
        }
      }}
    />
  )
}
