import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { useStore } from 'zustand'
import type { ConversationSummary } from '../../../../contract/chat'
import { ErrorNote } from '../../../ui/error-note'
import { useNow } from '../../../ui/hooks'
import { announce } from '../../../ui/live-region'
import { ContextMenu } from '../../../ui/menu'
import { useChat } from '../context'
import { removeConversations } from '../conversation-actions'
import { showConversation } from '../feature'
import { ConversationRow } from './conversation-row'
import styles from './conversations.module.css'
import { FolderDialog } from './folder-dialog'
import { listRows, nextConversation, type ListRow } from './list-rows'
import { useConversationMenu } from './use-conversation-menu'

const headingHeight = 34
const rowHeight = 32
const foundHeight = 52

/** A list of any length: only the rows in sight are drawn, and further pages are read as they come into sight. */
export function Conversations() {
  const feature = useChat()
  const { list, open } = feature
  const { pinned, others, search, folder, isLoaded, failure } = useStore(list.store)
  const shown = useStore(open.store, (state) => state.conversationId)
  const now = useNow()
  const rows = useMemo(() => listRows(pinned, others, now), [pinned, others, now])
  const scroller = useRef<HTMLDivElement>(null)
  const [renaming, setRenaming] = useState<string | null>(null)
  const [menu, setMenu] = useState<MenuPlace | null>(null)
  const [moving, setMoving] = useState<ConversationSummary | null>(null)
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are called in place, never passed on
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(rows[index]),
    overscan: 8,
    initialRect: { width: 248, height: 700 },
  })
  useEffect(() => virtual.measure(), [rows, virtual])
  const items = virtual.getVirtualItems()
  const lastRow = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (lastRow >= rows.length - 20) void list.loadMore()
  }, [lastRow, rows.length, list])
  const focusable = rows.findIndex((row) => row.kind === 'conversation' && row.conversation.id === shown)
  const first = rows.findIndex(({ kind }) => kind === 'conversation')

  function go(place: number): void {
    virtual.scrollToIndex(place)
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus())
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    const place = Number((event.target as HTMLElement).dataset['place'] ?? NaN)
    const row = rows[place]
    if (row?.kind !== 'conversation') return
    const last = rows.length - 1
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(nextConversation(rows, place, 1)),
      ArrowUp: () => go(nextConversation(rows, place, -1)),
      Home: () => go(nextConversation(rows, -1, 1)),
      End: () => go(nextConversation(rows, last + 1, -1)),
      F2: () => setRenaming(row.conversation.id),
      Delete: () => removeConversations(feature, [row.conversation]),
    }
    const move = moves[event.key]
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    move()
  }

  if (failure !== null) {
    return (
      <div className={styles.note}>
        <ErrorNote failure={failure} actions={[{ label: 'Try again', run: () => void list.reload() }]} />
      </div>
    )
  }
  return (
    <>
      {isLoaded && rows.length === 0 ? <p className={styles.none}>{nothingWords(search, folder)}</p> : null}
      <div ref={scroller} className={styles.scroller} onKeyDown={onKeyDown}>
        <ul className={styles.rows} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows[index]
            if (row === undefined) return null
            if (row.kind === 'heading') {
              return (
                <li key={row.label} className={styles.heading} style={{ transform: `translateY(${start}px)` }}>
                  {row.label}
                </li>
              )
            }
            const { conversation } = row
            return (
              <ConversationRow
                key={conversation.id}
                conversation={conversation}
                place={index}
                top={start}
                now={now}
                isShown={conversation.id === shown}
                isFocusable={index === (focusable < 0 ? first : focusable)}
                isRenaming={renaming === conversation.id}
                onOpen={() => showConversation(feature, conversation.id)}
                onRename={setRenaming}
                onMenu={(at) => setMenu({ conversation, at })}
              />
            )
          })}
        </ul>
      </div>
      {menu === null ? null : (
        <RowMenu
          place={menu}
          onClose={() => setMenu(null)}
          onRename={() => setRenaming(menu.conversation.id)}
          onMove={() => setMoving(menu.conversation)}
        />
      )}
      {moving === null ? null : (
        <FolderDialog
          conversation={moving}
          onClose={(name) => {
            setMoving(null)
            if (name !== undefined) announce(name === null ? 'Taken out of its folder' : `Moved to ${name}`)
          }}
        />
      )}
    </>
  )
}

export interface MenuPlace {
  readonly conversation: ConversationSummary
  readonly at: { readonly x: number; readonly y: number }
}

interface RowMenuProps {
  readonly place: MenuPlace
  readonly onClose: () => void
  readonly onRename: () => void
  readonly onMove: () => void
}

function RowMenu({ place, onClose, onRename, onMove }: RowMenuProps) {
  const actions = useConversationMenu(place.conversation, { onRename, onMove })
  return <ContextMenu label={place.conversation.title} actions={actions} at={place.at} onClose={onClose} />
}

function heightOf(row: ListRow | undefined): number {
  if (row?.kind !== 'conversation') return headingHeight
  return row.conversation.snippet === null ? rowHeight : foundHeight
}

function nothingWords(search: string, folder: string | null | undefined): string {
  if (search !== '') return 'No conversation with these words.'
  if (folder !== undefined) return 'Nothing in this folder.'
  return 'No conversations yet. Each one is kept here, on this machine.'
}
