import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ColumnKey } from './columns'

/** How the table of nodes stands. */
export interface TableState {
  /** Null is the order in which nodes run. */
  readonly sort: { readonly column: ColumnKey; readonly isDescending: boolean } | null
  readonly filter: string
  /** Nodes that stand on top whatever the order. */
  readonly pinned: ReadonlySet<number>
}

export type TableStore = StoreApi<TableState>

const first: TableState = { sort: null, filter: '', pinned: new Set() }

export function createTableStore(): TableStore {
  return createStore<TableState>(() => first)
}

export function resetTable(table: TableStore): void {
  table.setState(first)
}

/** Figures begin with the largest, words with A; a third press goes back to the order in which nodes run. */
export function sortBy(table: TableStore, column: ColumnKey, isFigure: boolean): void {
  table.setState(({ sort }) => {
    if (sort?.column !== column) return { sort: { column, isDescending: isFigure } }
    return { sort: sort.isDescending === isFigure ? { column, isDescending: !isFigure } : null }
  })
}

export function togglePin(table: TableStore, node: number): void {
  table.setState(({ pinned }) => {
    const next = new Set(pinned)
    if (!next.delete(node)) next.add(node)
    return { pinned: next }
  })
}
