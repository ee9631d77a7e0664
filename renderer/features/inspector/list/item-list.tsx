import { ChevronDown, ChevronRight } from 'lucide-react'
import { memo, useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { useRows } from '../../../ui/use-rows'
import { useInspector, useOpened, type Opened } from '../context'
import { metricFigure, type Metric } from '../model/costs'
import { formatShape } from '../model/figures'
import { isSameItem, itemKey, type Item } from '../model/item'
import { nodeLabel } from '../model/model-graph'
import { openTowards, type TreeRow } from '../model/tree-rows'
import { weightLabel } from '../model/weight-tree'
import { hover, select, setOpen } from '../view-store'
import styles from './item-list.module.css'
import { nextRow } from './next-row'

const rowHeight = 26

interface ItemListProps {
  readonly rows: readonly TreeRow[]
  /** A tree, or a plain list of what was found. */
  readonly isTree: boolean
}

/** Scopes, nodes and weights with the figure that they are weighed by. Only the rows in sight are drawn. */
export function ItemList({ rows, isTree }: ItemListProps) {
  const { view } = useInspector()
  const { inspection } = useOpened()
  const scroller = useRef<HTMLDivElement>(null)
  const selected = useStore(view, (state) => state.selected)
  const hovered = useStore(view, (state) => state.hovered)
  const place = rows.findIndex(({ item }) => isSameItem(item, selected))
  const virtual = useRows(scroller, rows.length, rowHeight, 16)
  const latest = useRef({ rows, virtual })
  useEffect(() => {
    latest.current = { rows, virtual }
  })
  // What was selected elsewhere is shown here, with everything around it open.
  useEffect(() => {
    if (selected === null) return
    if (isTree) for (const key of openTowards(inspection, selected)) setOpen(view, 'openInTree', key, true)
    const timer = setTimeout(() => {
      const at = latest.current.rows.findIndex(({ item }) => isSameItem(item, selected))
      if (at >= 0) latest.current.virtual.scrollToIndex(at)
    })
    return () => clearTimeout(timer)
  }, [selected, isTree, inspection, view])

  function onKeyDown(event: React.KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const row = rows[place]
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1)
    const next = nextRow(event.key, place, rows.length, page)
    if (next !== null) {
      event.preventDefault()
      select(view, rows[next]?.item ?? null)
    } else if (row !== undefined && isTree && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) {
      event.preventDefault()
      turn(row, event.key === 'ArrowRight')
    } else if (row !== undefined && row.isOpen !== null && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault()
      setOpen(view, 'openInTree', itemKey(row.item), !row.isOpen)
    }
  }

  /** Opens a row and then goes into it; closes it and then goes out of it. */
  function turn(row: TreeRow, isForward: boolean): void {
    if (row.isOpen === !isForward) setOpen(view, 'openInTree', itemKey(row.item), isForward)
    else if (isForward && row.isOpen === true) select(view, rows[place + 1]?.item ?? null)
    else if (!isForward) {
      const parent = rows.slice(0, place).findLast(({ depth }) => depth < row.depth)
      if (parent !== undefined) select(view, parent.item)
    }
  }

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role={isTree ? 'tree' : 'listbox'}
      aria-label={isTree ? 'Scopes and nodes' : 'Found'}
      aria-activedescendant={place < 0 ? undefined : `item-${itemKey(rows[place]!.item)}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerLeave={() => hover(view, null)}
    >
      <div className={styles.sheet} role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          if (row === undefined) return null
          return (
            <Row
              key={itemKey(row.item)}
              row={row}
              start={start}
              isTree={isTree}
              isSelected={isSameItem(row.item, selected)}
              isHovered={isSameItem(row.item, hovered)}
            />
          )
        })}
      </div>
    </div>
  )
}

interface RowProps {
  readonly row: TreeRow
  readonly start: number
  readonly isTree: boolean
  readonly isSelected: boolean
  readonly isHovered: boolean
}

/** Drawn again only where something of it changed: scrolling moves all of them. */
const Row = memo(function Row({ row, start, isTree, isSelected, isHovered }: RowProps) {
  const { view } = useInspector()
  const opened = useOpened()
  const metric = useStore(view, (state) => state.metric)
  const { item, depth, isOpen, place, siblings } = row
  const { label, detail } = namesOf(item, opened)
  const value = valueOf(item, opened, metric)
  const Chevron = isOpen === true ? ChevronDown : ChevronRight
  return (
    <div
      id={`item-${itemKey(item)}`}
      role={isTree ? 'treeitem' : 'option'}
      aria-selected={isSelected}
      {...(isTree ? { 'aria-level': depth + 1 } : {})}
      aria-posinset={place}
      aria-setsize={siblings}
      {...(isOpen === null ? {} : { 'aria-expanded': isOpen })}
      className={styles.row}
      data-hovered={isHovered || undefined}
      style={{ transform: `translateY(${start}px)`, paddingLeft: 8 + depth * 14 }}
      onClick={() => select(view, item)}
      onDoubleClick={() => {
        if (isOpen !== null) setOpen(view, 'openInTree', itemKey(item), !isOpen)
      }}
      onPointerEnter={() => hover(view, item)}
    >
      <span
        className={styles.turn}
        onClick={(event) => {
          if (isOpen === null) return
          event.stopPropagation()
          setOpen(view, 'openInTree', itemKey(item), !isOpen)
        }}
      >
        {isOpen === null ? null : <Chevron size={12} strokeWidth={2} aria-hidden />}
      </span>
      <span className={styles.label} title={detail === '' ? label : `${label}, ${detail}`}>
        {label}
        {detail === '' ? null : <em> {detail}</em>}
      </span>
      <span className={styles.figure}>{metricFigure(metric, value)}</span>
    </div>
  )
})

function namesOf(
  { kind, index }: Item,
  { inspection, graph }: Opened,
): { readonly label: string; readonly detail: string } {
  if (kind === 'scope') return { label: inspection.scopes[index]?.name ?? '', detail: '' }
  if (kind === 'node') {
    const node = inspection.nodes[index]
    if (node === undefined) return { label: '', detail: '' }
    const label = nodeLabel(node)
    return { label, detail: label.startsWith(node.op) ? '' : node.op }
  }
  if (kind === 'group') return { label: graph.groups[index]?.name ?? '', detail: '' }
  const weight = kind === 'weight' ? inspection.weights[index] : undefined
  const name = inspection.tensors[weight?.tensor ?? index]?.name ?? ''
  if (weight === undefined) return { label: name, detail: '' }
  return { label: graph.groups.length > 0 ? weightLabel(name) : name, detail: formatShape(weight.shape) }
}

function valueOf({ kind, index }: Item, { inspection, graph, costs }: Opened, metric: Metric): number | null {
  if (kind === 'scope') return costs.scopes[metric][index] ?? null
  if (kind === 'node') return costs.nodes[metric][index] ?? null
  if (metric !== 'parameters') return null
  return (kind === 'group' ? graph.groups[index]?.parameters : inspection.weights[index]?.parameters) ?? null
}
