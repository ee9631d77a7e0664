import { useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { formatBytes, groupDigits, plural } from '../../../ui/format'
import { SearchInput } from '../../../ui/text-input'
import { useRows } from '../../../ui/use-rows'
import { useInspector, useOpened } from '../context'
import { nextRow } from '../list/next-row'
import { formatShape } from '../model/figures'
import { select } from '../view-store'
import styles from './weights-view.module.css'

const rowHeight = 32

/** Every weight of the file, the largest first. */
export function WeightsView() {
  const { view } = useInspector()
  const { inspection } = useOpened()
  const [filter, setFilter] = useState('')
  const selected = useStore(view, (state) => (state.selected?.kind === 'weight' ? state.selected.index : null))
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
    return inspection.weights
      .map((weight, index) => ({ ...weight, index, name: inspection.tensors[weight.tensor]?.name ?? '' }))
      .filter(({ name, dtype }) => words.every((word) => `${name} ${dtype}`.toLowerCase().includes(word)))
      .toSorted((a, b) => b.bytes - a.bytes)
  }, [inspection, filter])
  const virtual = useRows(scroller, rows.length, rowHeight, 12)
  // Where all values lie in the file itself, a column that says so on each line says nothing.
  const hasPlaces = inspection.weights.some(({ place: lies }) => lies !== 'graph')
  const columns = ['Name', 'Shape', 'Type', 'Parameters', 'Stored', ...(hasPlaces ? ['Values'] : [])]
  const place = rows.findIndex(({ index }) => index === selected)

  function onKeyDown(event: React.KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2)
    const next = nextRow(event.key, place, rows.length, page)
    const row = next === null ? undefined : rows[next]
    if (next === null || row === undefined) return
    event.preventDefault()
    select(view, { kind: 'weight', index: row.index })
    virtual.scrollToIndex(next)
  }

  return (
    <div className={styles.view} data-places={hasPlaces || undefined}>
      <div className={styles.bar}>
        <SearchInput label="Filter the weights" placeholder="name, dtype" value={filter} onChange={setFilter} />
        <span>
          {plural(rows.length, 'tensor')}, {formatBytes(rows.reduce((sum, { bytes }) => sum + bytes, 0))}
        </span>
      </div>
      <div
        ref={scroller}
        className={styles.scroller}
        role="grid"
        aria-label="Weights"
        aria-rowcount={rows.length + 1}
        aria-activedescendant={place < 0 ? undefined : `weight-row-${selected}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div className={styles.head} role="row">
          {columns.map((name) => (
            <span key={name} role="columnheader">
              {name}
            </span>
          ))}
        </div>
        <div className={styles.sheet} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index: at, start }) => {
            const row = rows[at]
            if (row === undefined) return null
            return (
              <div
                key={row.index}
                id={`weight-row-${row.index}`}
                role="row"
                aria-rowindex={at + 2}
                aria-selected={row.index === selected}
                className={styles.row}
                style={{ transform: `translateY(${start}px)` }}
                onClick={() => select(view, { kind: 'weight', index: row.index })}
              >
                <span role="gridcell" title={row.name}>
                  {row.name}
                </span>
                <span role="gridcell">{formatShape(row.shape)}</span>
                <span role="gridcell">{row.dtype}</span>
                <span role="gridcell">{groupDigits(row.parameters)}</span>
                <span role="gridcell">{formatBytes(row.bytes)}</span>
                {hasPlaces ? (
                  <span role="gridcell" data-absent={row.place === 'absent' || undefined} title={row.file ?? ''}>
                    {row.place === 'absent' ? `absent: ${row.file ?? 'cut off'}` : (row.file ?? 'in the file')}
                  </span>
                ) : null}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
