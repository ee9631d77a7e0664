import { Minus, Pencil, Plus } from 'lucide-react'
import { useRef } from 'react'
import { useRows } from '../../../ui/use-rows'
import { useInspector } from '../context'
import { select } from '../view-store'
import type { ChangeKind, DifferenceRow } from './difference-rows'
import styles from './difference-view.module.css'

const rowHeight = 44
const icons = { added: Plus, removed: Minus, changed: Pencil } as const
const words: Readonly<Record<ChangeKind, string>> = { added: 'added', removed: 'removed', changed: 'changed' }

/** Differences, one a row; one of the open file is selected by a press. */
export function RowList({ rows }: { readonly rows: readonly DifferenceRow[] }) {
  const { view } = useInspector()
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useRows(scroller, rows.length, rowHeight, 12)
  return (
    <div ref={scroller} className={styles.scroller} tabIndex={0} role="group" aria-label="Differences">
      <ul className={styles.sheet} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          if (row === undefined) return null
          const { key, kind, name, detail, changes, item } = row
          const Icon = icons[kind]
          return (
            <li
              key={key}
              className={styles.row}
              data-kind={kind}
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
                {changes.map(({ what, before, after }) => (
                  <span key={what} title={`${what}: ${before} → ${after}`}>
                    {what} <del>{before || 'none'}</del> <ins>{after || 'none'}</ins>
                  </span>
                ))}
              </span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
