import { useMemo } from 'react'
import { useStore } from 'zustand'
import { cx } from '../../../ui/cx'
import { formatClock } from '../../../ui/format'
import { Section } from '../../../ui/section'
import { chooseBranch } from '../actions'
import { useChat } from '../context'
import { usePath } from '../selectors'
import { branchRows, type BranchRow } from './branch-rows'
import styles from './branches-tab.module.css'
import { ContextSection } from './context-section'

const rowHeight = 30
const columnWidth = 18

/** The conversation as a tree: what is shown in colour, what was said otherwise beside it. */
export function BranchesTab() {
  const feature = useChat()
  const messages = useStore(feature.open.store, (state) => state.detail?.messages)
  const path = usePath()
  // Words that stream in change no branch.
  const shape = `${messages?.length ?? 0} ${path.map(({ id }) => id).join()}`
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const rows = useMemo(() => branchRows(messages ?? [], path), [shape])
  const width = (Math.max(0, ...rows.map(({ column }) => column)) + 1) * columnWidth + 4
  return (
    <>
      <Section>
        {rows.length === 0 ? (
          <p className={styles.none}>
            Nothing was said yet. A message that is edited, and an answer that is asked for again, become branches here.
          </p>
        ) : (
          <div className={styles.map} style={{ height: rows.length * rowHeight }}>
            <svg width={width} height={rows.length * rowHeight} aria-hidden>
              {rows.map((row, index) => (
                <Link key={row.messageId} row={row} index={index} rows={rows} />
              ))}
              {rows.map((row, index) => (
                <circle
                  key={row.messageId}
                  cx={x(row)}
                  cy={y(index)}
                  r={row.isShown && index === rows.length - 1 ? 5.5 : 4}
                  className={row.isShown ? styles.dotShown : styles.dot}
                />
              ))}
            </svg>
            <ol className={styles.rows}>
              {rows.map((row, index) => (
                <li key={row.messageId}>
                  <button
                    type="button"
                    className={cx(styles.row, row.isShown && styles.shown)}
                    aria-current={row.isShown ? 'true' : undefined}
                    onClick={() => chooseBranch(feature, row.messageId)}
                  >
                    <span className={cx(styles.label, index === rows.length - 1 && row.isShown && styles.last)}>
                      {row.label}
                    </span>
                    {row.answers > 1 ? <span className={styles.answers}>{row.answers} answers</span> : null}
                    <span className={styles.time}>{formatClock(row.createdAt)}</span>
                  </button>
                </li>
              ))}
            </ol>
          </div>
        )}
      </Section>
      <ContextSection />
    </>
  )
}

const x = (row: BranchRow): number => 8 + row.column * columnWidth
const y = (index: number): number => rowHeight * (index + 0.5)

/** From a row up to the one it goes on from. */
function Link({
  row,
  index,
  rows,
}: {
  readonly row: BranchRow
  readonly index: number
  readonly rows: readonly BranchRow[]
}) {
  const parent = row.parentRow === null ? undefined : rows[row.parentRow]
  if (parent === undefined || row.parentRow === null) return null
  const [x1, y1, x2, y2] = [x(parent), y(row.parentRow), x(row), y(index)]
  const path =
    x1 === x2 ? `M${x1} ${y1}V${y2}` : `M${x1} ${y1}V${y2 - rowHeight}C${x1} ${y2 - 10} ${x2} ${y2 - 20} ${x2} ${y2}`
  return <path d={path} className={row.isShown ? styles.linkShown : styles.link} />
}
