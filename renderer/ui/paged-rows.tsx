import { useEffect, useLayoutEffect, useRef, type FocusEvent, type ReactNode } from 'react'
import type { Failure } from '../../contract/errors'
import { ErrorNote } from './error-note'
import styles from './paged-rows.module.css'
import { useRows } from './use-rows'

interface PagedRowsProps<Entry> {
  readonly entries: readonly Entry[]
  readonly rowHeight: number
  readonly isLoaded: boolean
  readonly failure: Failure | null
  /** What is said where there is nothing. */
  readonly none: string
  readonly onMore: () => void
  readonly onRetry: () => void
  /** One row, `top` pixels below the first: a list item that is placed absolutely. */
  readonly row: (entry: Entry, top: number) => ReactNode
}

/** How many rows before the end of what was read the next page is asked for. */
const ahead = 10

/**
 * A list in pages: only rows in sight are drawn, and the next page is read before its end comes into sight. Where a row that has the
 * focus goes away, the row in its place has it then.
 */
export function PagedRows<Entry>(props: PagedRowsProps<Entry>) {
  const { entries, rowHeight, isLoaded, failure, none, onMore, onRetry, row } = props
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useRows(scroller, entries.length, rowHeight, 8)
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const { list, onFocus, onBlur } = useFocusInRows(items[0]?.index ?? 0, entries.length)
  const latest = useRef(onMore)
  useEffect(() => {
    latest.current = onMore
  })
  useEffect(() => {
    if (last >= entries.length - ahead) latest.current()
  }, [last, entries.length])
  return (
    <>
      {failure === null ? null : <ErrorNote failure={failure} actions={[{ label: 'Try again', run: onRetry }]} />}
      {isLoaded && entries.length === 0 && failure === null ? <p className={styles.none}>{none}</p> : null}
      <div ref={scroller} className={styles.scroller}>
        <ul
          ref={list}
          tabIndex={-1}
          style={{ height: rows.getTotalSize(), position: 'relative' }}
          onFocus={onFocus}
          onBlur={onBlur}
        >
          {items.map(({ index, start }) => {
            const entry = entries[index]
            return entry === undefined ? null : row(entry, start)
          })}
        </ul>
      </div>
    </>
  )
}

/**
 * Keeps the focus in the list: a row that is deleted takes the pressed button with it, and the next key would go elsewhere.
 * @param first the number of the first row that is drawn
 */
function useFocusInRows(first: number, count: number) {
  const list = useRef<HTMLUListElement>(null)
  const held = useRef<{ readonly row: number; readonly control: number } | null>(null)
  const countBefore = useRef(count)
  useLayoutEffect(() => {
    const place = held.current
    const isFewer = count < countBefore.current
    countBefore.current = count
    // A row that was scrolled out of sight takes the focus with it, too; and who searches keeps it in the field.
    if (!isFewer || place === null || document.activeElement !== document.body) return
    const rows = [...list.current!.children]
    const row = rows[Math.min(Math.max(0, place.row - first), rows.length - 1)]
    const control = row?.querySelectorAll('button')[place.control] ?? list.current
    control?.focus()
  }, [count, first])
  return {
    list,
    onFocus: ({ target }: FocusEvent<HTMLUListElement>): void => {
      const rows = [...(list.current?.children ?? [])]
      const row = rows.findIndex((one) => one.contains(target))
      const control = [...(rows[row]?.querySelectorAll('button') ?? [])].findIndex((button) => button.contains(target))
      held.current = row === -1 || control === -1 ? null : { row: first + row, control }
    },
    onBlur: (): void => {
      // A control that goes away with its row is not left: no event tells of it.
      held.current = null
    },
  }
}
