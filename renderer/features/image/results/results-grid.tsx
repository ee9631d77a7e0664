import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { announce } from '../../../ui/live-region'
import { useElementSize } from '../../../ui/hooks'
import { compareWith } from '../actions'
import { useRows } from '../../../ui/use-rows'
import { useImageFeature } from '../feature'
import { handlePictureKey } from '../picture-keys'
import { select } from '../view-store'
import { nextPlace, type Entry } from './grid-entries'
import styles from './results-grid.module.css'
import { TileMenu, type TileMenuPlace } from './tile-menu'
import { Tile } from './tile'

const tileSize = 84
const gap = 8
const padding = 16

/** A grid of any length: only the rows in sight are drawn, and records are read as they come into sight. */
export function ResultsGrid({ entries }: { readonly entries: readonly Entry[] }) {
  const feature = useImageFeature()
  const { gallery, view } = feature
  const scroller = useRef<HTMLDivElement>(null)
  const { width } = useElementSize(scroller)
  const columns = Math.max(2, Math.round((width - padding * 2 + gap) / (tileSize + gap)))
  const side = width === 0 ? tileSize : (width - padding * 2 - gap * (columns - 1)) / columns
  const rows = Math.ceil(entries.length / columns)
  const virtual = useRows(scroller, rows, side + gap, 3)
  const [menu, setMenu] = useState<TileMenuPlace | null>(null)
  const selection = useStore(view, (state) => state.selection)
  const isTall = useStore(view, (state) => state.isGalleryTall)
  const current = entries.findIndex((entry) => isSelected(entry, selection))
  const focusable = current >= 0 ? current : 0

  useEffect(() => {
    virtual.measure()
  }, [side, virtual])

  const items = virtual.getVirtualItems()
  const lastRow = items.at(-1)?.index ?? 0
  const wanted = (lastRow + 2) * columns
  useEffect(() => {
    void gallery.readUntil(wanted)
  }, [gallery, wanted])

  function go(place: number): void {
    const entry = entries[place]
    if (entry === undefined || entry.kind === 'unread') {
      void gallery.readUntil(place + columns)
      virtual.scrollToIndex(Math.floor(place / columns))
      return
    }
    if (entry.kind === 'image') select(view, { kind: 'image', imageId: entry.id })
    else select(view, { kind: 'job', jobId: entry.jobId })
    virtual.scrollToIndex(Math.floor(place / columns))
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus({ preventScroll: true })
    })
  }

  function onKeyDown(event: React.KeyboardEvent): void {
    if (!(event.target instanceof HTMLElement) || event.target.dataset['place'] === undefined) return
    const place = Number(event.target.dataset['place'])
    const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / (side + gap)))
    const next = nextPlace(event.key, place, entries.length, columns, pageRows)
    if (next !== null && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault()
      go(next)
      return
    }
    const entry = entries[place]
    const image = entry?.kind === 'image' ? (gallery.store.getState().records[entry.id] ?? null) : null
    if (image === null) return
    if (event.key === 'Enter') select(view, { kind: 'image', imageId: image.id })
    else if (event.key === 'g') view.setState((state) => ({ isGalleryTall: !state.isGalleryTall }))
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const box = event.target.getBoundingClientRect()
      setMenu({ image, at: { x: box.left + 12, y: box.bottom - 12 } })
    } else if (!handlePictureKey(feature, image, event)) return
    event.preventDefault()
    if (event.key === 'Delete' || event.key === 'Backspace') refocus(place)
  }

  /** The tile that took the place of a removed one takes its focus too. */
  function refocus(place: number): void {
    requestAnimationFrame(() => {
      const tiles = scroller.current
      const next =
        tiles?.querySelector<HTMLElement>(`[data-place="${place}"]`) ??
        tiles?.querySelector<HTMLElement>('[data-place]')
      next?.focus({ preventScroll: true })
    })
  }

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="grid"
      aria-label="Pictures"
      aria-rowcount={rows}
      aria-colcount={columns}
      // One row, with room for its focus ring above and a rest below.
      style={isTall ? undefined : { flex: 'none', height: side + 12 }}
      onKeyDown={onKeyDown}
    >
      <div className={styles.sheet} style={{ height: virtual.getTotalSize() }}>
        {items.map((row) => (
          <div
            key={row.key}
            role="row"
            aria-rowindex={row.index + 1}
            className={styles.row}
            style={{
              transform: `translateY(${row.start}px)`,
              gridTemplateColumns: `repeat(${columns}, ${side}px)`,
              height: side,
            }}
          >
            {entries.slice(row.index * columns, (row.index + 1) * columns).map((entry, column) => {
              const place = row.index * columns + column
              return (
                <Tile
                  key={keyOf(entry)}
                  entry={entry}
                  place={place}
                  count={entries.length}
                  isSelected={place === current}
                  isTabStop={place === focusable}
                  onPick={(isCompare) => {
                    if (isCompare && entry.kind === 'image') {
                      compareWith(feature, entry.id)
                      announce('Comparing two pictures')
                    } else go(place)
                  }}
                  onMenu={setMenu}
                />
              )
            })}
          </div>
        ))}
      </div>
      {menu === null ? null : <TileMenu place={menu} onClose={() => setMenu(null)} />}
    </div>
  )
}

function isSelected(
  entry: Entry,
  selection: ReturnType<ReturnType<typeof useImageFeature>['view']['getState']>['selection'],
): boolean {
  if (selection === null) return false
  if (entry.kind === 'image') return selection.kind === 'image' && selection.imageId === entry.id
  return entry.kind === 'running' && selection.kind === 'job' && selection.jobId === entry.jobId
}

function keyOf(entry: Entry): string {
  switch (entry.kind) {
    case 'image':
      return entry.id
    case 'running':
    case 'waiting':
      return `${entry.jobId}-${entry.item}`
    case 'unread':
      return `unread-${entry.index}`
  }
}
