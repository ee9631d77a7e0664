import { ArrowDown, ArrowUp, Pin } from 'lucide-react'
import { memo, useEffect, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { inspectionRows, type InspectionRow } from '../../../../contract/inspection-table'
import { cx } from '../../../ui/cx'
import { useRows } from '../../../ui/use-rows'
import { useInspector, useOpened } from '../context'
import { nextRow } from '../list/next-row'
import { needsDims } from '../model/figures'
import { hover, select } from '../view-store'
import { columns, isFigure, type Column } from './columns'
import { arrangeRows } from './rows'
import { TableBar } from './table-bar'
import { sortBy, togglePin } from './table-store'
import styles from './table-view.module.css'

const rowHeight = 32
const pinWidth = 32
const template = `${pinWidth}px ${columns.map(({ width }) => `${width}px`).join(' ')}`
const fullWidth = pinWidth + columns.reduce((sum, { width }) => sum + width, 0)

/** Every node with every figure: sorted, filtered, pinned, and only the rows in sight are drawn. */
export function TableView() {
  const feature = useInspector()
  const { inspection, counts } = useOpened()
  const profile = useStore(feature.measure, (state) => state.profile)
  const table = useStore(feature.table)
  const all = useMemo(
    () => (counts === null ? [] : inspectionRows(inspection, counts, profile)),
    [inspection, counts, profile],
  )
  const rows = useMemo(() => arrangeRows(all, table), [all, table])
  return (
    <div className={styles.view}>
      <TableBar rows={rows} total={all.length} />
      {counts === null ? <p className={styles.none}>Counting</p> : <Grid rows={rows} />}
    </div>
  )
}

function Grid({ rows }: { readonly rows: readonly InspectionRow[] }) {
  const feature = useInspector()
  const { view, table } = feature
  const scroller = useRef<HTMLDivElement>(null)
  const selected = useStore(view, (state) => (state.selected?.kind === 'node' ? state.selected.index : null))
  const hovered = useStore(view, (state) => (state.hovered?.kind === 'node' ? state.hovered.index : null))
  const pinned = useStore(table, (state) => state.pinned)
  const place = rows.findIndex(({ node }) => node === selected)
  const virtual = useRows(scroller, rows.length, rowHeight, 12)
  const latest = useRef({ place, virtual })
  useEffect(() => {
    latest.current = { place, virtual }
  })
  useEffect(() => {
    if (latest.current.place >= 0) latest.current.virtual.scrollToIndex(latest.current.place)
  }, [selected])

  function onKeyDown(event: React.KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return
    if (event.key === 'p' && selected !== null) {
      event.preventDefault()
      togglePin(table, selected)
      return
    }
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      event.preventDefault()
      scroller.current?.scrollBy({ left: event.key === 'ArrowLeft' ? -160 : 160 })
      return
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2)
    const next = nextRow(event.key, place, rows.length, page)
    const row = next === null ? undefined : rows[next]
    if (row === undefined) return
    event.preventDefault()
    select(view, { kind: 'node', index: row.node })
  }

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="grid"
      aria-label="Nodes"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={place < 0 ? undefined : `row-${selected}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerLeave={() => hover(view, null)}
    >
      <Head />
      <div className={styles.sheet} style={{ height: virtual.getTotalSize(), width: fullWidth }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          if (row === undefined) return null
          return (
            <Row
              key={row.node}
              row={row}
              index={index}
              start={start}
              isSelected={row.node === selected}
              isHovered={row.node === hovered}
              isPinned={pinned.has(row.node)}
            />
          )
        })}
      </div>
    </div>
  )
}

function Head() {
  const { table } = useInspector()
  const sort = useStore(table, (state) => state.sort)
  return (
    <div className={styles.head} role="row" style={{ gridTemplateColumns: template, width: fullWidth }}>
      <span role="columnheader" className={styles.pinHead}>
        <span className="visually-hidden">Pinned</span>
      </span>
      {columns.map((column) => {
        const direction = sort?.column === column.key ? (sort.isDescending ? 'descending' : 'ascending') : undefined
        return (
          <span
            key={column.key}
            role="columnheader"
            aria-sort={direction ?? 'none'}
            className={cx(isFigure(column) && styles.figure)}
          >
            <button
              type="button"
              title={column.hint}
              data-on={direction !== undefined || undefined}
              onClick={() => sortBy(table, column.key, isFigure(column))}
            >
              {column.label}
              {column.unit === undefined ? null : <em> {column.unit}</em>}
              {direction === 'descending' ? <ArrowDown size={12} aria-hidden /> : null}
              {direction === 'ascending' ? <ArrowUp size={12} aria-hidden /> : null}
            </button>
          </span>
        )
      })}
    </div>
  )
}

interface RowProps {
  readonly row: InspectionRow
  readonly index: number
  readonly start: number
  readonly isSelected: boolean
  readonly isHovered: boolean
  readonly isPinned: boolean
}

/** Drawn again only where something of it changed: scrolling moves all of them. */
const Row = memo(function Row({ row, index, start, isSelected, isHovered, isPinned }: RowProps) {
  const { view, table } = useInspector()
  const { inspection } = useOpened()
  const isInside = inspection.nodes[row.node]?.within !== null
  return (
    <div
      id={`row-${row.node}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={styles.row}
      data-hovered={isHovered || undefined}
      style={{ transform: `translateY(${start}px)`, gridTemplateColumns: template }}
      onClick={() => select(view, { kind: 'node', index: row.node })}
      onPointerEnter={() => hover(view, { kind: 'node', index: row.node })}
    >
      <span role="gridcell" className={styles.pin}>
        <button
          type="button"
          tabIndex={-1}
          aria-label={isPinned ? `Unpin ${row.name}` : `Pin ${row.name}`}
          aria-pressed={isPinned}
          onClick={(event) => {
            event.stopPropagation()
            togglePin(table, row.node)
          }}
        >
          <Pin size={12} strokeWidth={2} aria-hidden />
        </button>
      </span>
      {columns.map((column) => (
        <Cell key={column.key} column={column} row={row} isInside={isInside} />
      ))}
    </div>
  )
})

function Cell({
  column,
  row,
  isInside,
}: {
  readonly column: Column
  readonly row: InspectionRow
  readonly isInside: boolean
}) {
  const value = row[column.key]
  if (column.format === null) {
    const text =
      column.key === 'inputs' || column.key === 'outputs' ? String(value).replaceAll(' x ', ' × ') : String(value)
    return (
      <span role="gridcell" className={cx(styles.word, column.key === 'op' && styles.op)} title={text}>
        {column.key === 'op' && isInside ? <i aria-label="inside another node">↳ </i> : null}
        {text}
      </span>
    )
  }
  if (value === null) {
    return (
      <span role="gridcell" className={cx(styles.figure, styles.unknown)}>
        {column.waitsFor === 'time' ? '–' : column.key === 'macs' ? needsDims : '?'}
      </span>
    )
  }
  return (
    <span role="gridcell" className={cx(styles.figure, value === 0 && styles.zero)}>
      {column.format(Number(value))}
    </span>
  )
}
