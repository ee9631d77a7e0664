import { useEffect, useRef, type ReactNode } from 'react'
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

/** A list in pages: only rows in sight are drawn, and the next page is read before its end comes into sight. */
export function PagedRows<Entry>(props: PagedRowsProps<Entry>) {
  const { entries, rowHeight, isLoaded, failure, none, onMore, onRetry, row } = props
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useRows(scroller, entries.length, rowHeight, 8)
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
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
        <ul style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {items.map(({ index, start }) => {
            const entry = entries[index]
            return entry === undefined ? null : row(entry, start)
          })}
        </ul>
      </div>
    </>
  )
}
