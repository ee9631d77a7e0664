import { ChevronDown, ChevronRight, Minus, Pencil, Plus } from 'lucide-react'
import { useRef } from 'react'
import { useRows } from '../../../ui/use-rows'
import { useInspector } from '../context'
import { select } from '../view-store'
import type { ChangeKind, DifferenceRow } from './difference-rows'
import styles from './difference-view.module.css'

const rowHeight = 44
const icons = { added: Plus, removed: Minus, changed: Pencil } as const
const words: Readonly<Record<ChangeKind, string>> = { added: 'added', removed: 'removed', changed: 'changed' }

interface RowListProps {
  readonly rows: readonly DifferenceRow[]
  /** Keys of rows whose helpers stand below them. */
  readonly unfolded: ReadonlySet<string>
  /** Null where nothing is folded. */
  readonly onFold: ((key: string) => void) | null
}

/** Differences, one a row; one of the open file is selected by a press. */
export function RowList({ rows, unfolded, onFold }: RowListProps) {
  const { view } = useInspector()
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useRows(scroller, rows.length, rowHeight, 12)
  return (
    <div ref={scroller} className={styles.scroller} tabIndex={0} role="group" aria-label="Differences">
      <ul className={styles.sheet} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          if (row === undefined) return null
          const { key, kind, name, detail, changes, item, helpers, isHelper } = row
          const Chevron = unfolded.has(key) ? ChevronDown : ChevronRight
          const Icon = icons[kind]
          return (
            <li
              key={key}
              className={styles.row}
              data-kind={kind}
              data-helper={isHelper || undefined}
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => {
                if (item !== null) select(view, item)
              }}
            >
              <Icon size={14} aria-hidden />
              <span className={styles.kind}>{words[kind]}</span>
              <span className={styles.name} title={name}>
                {name} <em>{detail}</em>
              </span>
              <span className={styles.changes}>
                {helpers === null || onFold === null ? (
                  changes.map((change) => <Change key={change.what} {...change} />)
                ) : (
                  <>
                    <span>
                      {changes.map((change) => (
                        <Change key={change.what} {...change} />
                      ))}
                    </span>
                    <button
                      type="button"
                      className={styles.fold}
                      title={helpers.operators}
                      aria-expanded={unfolded.has(key)}
                      onClick={(event) => {
                        event.stopPropagation()
                        onFold(key)
                      }}
                    >
                      <Chevron size={12} strokeWidth={2} aria-hidden />
                      {helpers.words}
                    </button>
                  </>
                )}
              </span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function Change({ what, before, after }: DifferenceRow['changes'][number]) {
  return (
    <span title={`${what}: ${before} → ${after}`}>
      {what} <del>{before || 'none'}</del> <ins>{after || 'none'}</ins>
    </span>
  )
}
