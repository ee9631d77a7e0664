import { ArrowDown, ArrowUp } from 'lucide-react'
import { memo, useEffect, useMemo, useRef, type KeyboardEvent } from 'react'
import { useStore } from 'zustand'
import type { DetectedBox } from '../../../../contract/detection'
import type { JudgedBox } from '../../../../contract/detection-metrics'
import { useRows } from '../../../ui/use-rows'
import { useDetect } from '../context'
import { classNamer, useFactsOnStage, useShownBoxes } from '../selectors'
import { ClassSwatch } from '../source/class-swatch'
import { VerdictIcon, verdictWords } from '../stage/verdict-icon'
import { setMark, type SortKey } from '../view-store'
import { walkBoxes } from '../walk-boxes'
import { BoxCard } from './box-card'
import styles from './objects-table.module.css'
import { sortedRows } from './sorted-rows'
import { useJudged } from './use-judged'

const rowHeight = 32

const columns: readonly { readonly key: SortKey; readonly label: string; readonly name: string }[] = [
  { key: 'class', label: 'Class', name: 'class' },
  { key: 'score', label: 'Score', name: 'score' },
  { key: 'x', label: 'x', name: 'left edge' },
  { key: 'y', label: 'y', name: 'upper edge' },
  { key: 'width', label: 'w', name: 'width' },
  { key: 'height', label: 'h', name: 'height' },
]

/** The boxes that are shown, in picture pixels. A row and its box light up together. */
export function ObjectsTable() {
  const feature = useDetect()
  const { view } = feature
  const boxes = useShownBoxes()
  const facts = useFactsOnStage()
  const sort = useStore(view, (state) => state.sort)
  const selected = useStore(view, (state) => state.selected)
  const judged = useJudged()
  const nameOf = useMemo(() => classNamer(facts), [facts])
  const sorted = useMemo(() => sortedRows(boxes, sort, nameOf), [boxes, sort, nameOf])
  const verdicts = useMemo(
    () => new Map(boxes.map(({ candidate }, index) => [candidate, judged?.boxes[index]?.verdict ?? null])),
    [boxes, judged],
  )
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useRows(scroller, sorted.length, rowHeight, 10)
  const place = sorted.findIndex(({ candidate }) => candidate === selected)
  useEffect(() => {
    if (place >= 0) rows.scrollToIndex(place, { align: 'auto' })
    // It moves when another box is chosen, not when the virtualizer is made anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [place])

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown') walkBoxes(feature, 1)
    else if (event.key === 'ArrowUp') walkBoxes(feature, -1)
    else if (event.key === 'Home' && sorted[0] !== undefined) view.setState({ selected: sorted[0].candidate })
    else if (event.key === 'End' && sorted.length > 0) view.setState({ selected: sorted.at(-1)!.candidate })
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div className={styles.table} role="table" aria-label="Objects" aria-rowcount={sorted.length + 1}>
      <div role="rowgroup">
        <div className={styles.head} role="row">
          {columns.map((column) => (
            <HeadCell key={column.key} column={column} />
          ))}
        </div>
      </div>
      <div
        ref={scroller}
        className={styles.scroller}
        role="rowgroup"
        tabIndex={0}
        aria-label="Rows of objects"
        data-region="objects"
        onKeyDown={onKeyDown}
      >
        <div role="presentation" style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const one = sorted[index]
            return one === undefined ? null : (
              <Row
                key={one.candidate}
                one={one}
                name={nameOf(one.classId)}
                verdict={verdicts.get(one.candidate) ?? null}
                index={index}
                top={start}
                isSelected={one.candidate === selected}
              />
            )
          })}
        </div>
      </div>
      <BoxCard />
    </div>
  )
}

function HeadCell({ column: { key, label, name } }: { readonly column: (typeof columns)[number] }) {
  const { view } = useDetect()
  const sort = useStore(view, (state) => state.sort)
  const isSorted = sort.key === key
  const Arrow = sort.isDown ? ArrowDown : ArrowUp
  return (
    <span
      role="columnheader"
      className={styles.cell}
      aria-sort={isSorted ? (sort.isDown ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        aria-label={`Sort by ${name}`}
        onClick={() => view.setState({ sort: { key, isDown: isSorted ? !sort.isDown : key !== 'class' } })}
      >
        {label}
        {isSorted ? <Arrow size={11} strokeWidth={2} aria-hidden /> : null}
      </button>
    </span>
  )
}

interface RowProps {
  readonly one: DetectedBox
  readonly name: string
  readonly verdict: JudgedBox['verdict'] | null
  readonly index: number
  readonly top: number
  readonly isSelected: boolean
}

const Row = memo(function Row({ one, name, verdict, index, top, isSelected }: RowProps) {
  const { view } = useDetect()
  const { candidate, classId, score, box } = one
  const isHot = useStore(view, ({ mark }) =>
    mark?.kind === 'box' ? mark.candidate === candidate : mark?.kind === 'class' && mark.classId === classId,
  )
  const [x, y] = [Math.round(box[0]), Math.round(box[1])]
  const [width, height] = [Math.round(box[2] - box[0]), Math.round(box[3] - box[1])]
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      data-hot={isHot || undefined}
      data-candidate={candidate}
      onPointerEnter={() => setMark(view, { kind: 'box', candidate })}
      onPointerLeave={() => setMark(view, null)}
      onClick={() => view.setState({ selected: isSelected ? null : candidate })}
    >
      <span role="cell" className={styles.cell}>
        <ClassSwatch classId={classId} isSmall />
        <span className={styles.name} title={name}>
          {name}
        </span>
        {verdict === null ? null : (
          <svg className={styles.verdict} width={10} height={10} role="img" aria-label={verdictWords[verdict]}>
            <VerdictIcon verdict={verdict} x={0} y={0} />
          </svg>
        )}
      </span>
      <span role="cell" className={styles.cell}>
        <span className={styles.meter} aria-hidden>
          <i style={{ width: `${score * 100}%` }} />
        </span>
        {score.toFixed(2)}
      </span>
      {[x, y, width, height].map((value, column) => (
        <span key={column} role="cell" className={styles.cell}>
          {value}
        </span>
      ))}
    </div>
  )
})
