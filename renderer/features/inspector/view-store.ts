import { createStore, type StoreApi } from 'zustand/vanilla'
import type { WeightArea } from './charts/weight-tiles'
import type { Metric } from './model/costs'
import { isSameItem, type Item } from './model/item'

export type ViewTab = 'graph' | 'table' | 'treemap' | 'depth' | 'roofline' | 'weights' | 'factorise' | 'difference'

export interface ViewState {
  readonly tab: ViewTab
  readonly metric: Metric
  /** What the treemap of a file of weights alone goes by. */
  readonly weightArea: WeightArea
  /** What the side column tells of; null is the whole model. */
  readonly selected: Item | null
  /** What the pointer is on, in whichever view: the others light up the same. */
  readonly hovered: Item | null
  /** Keys of what stands open in the tree, and in the graph. */
  readonly openInTree: ReadonlySet<string>
  readonly openInGraph: ReadonlySet<string>
  readonly query: string
  readonly isSideOpen: boolean
  /** The lesson on factorised convolutions stands alone, with no model open. */
  readonly isLesson: boolean
}

export type ViewStore = StoreApi<ViewState>

const nothing: ReadonlySet<string> = new Set()

export function createViewStore(): ViewStore {
  return createStore<ViewState>(() => ({
    tab: 'graph',
    metric: 'macs',
    weightArea: 'stored',
    selected: null,
    hovered: null,
    openInTree: nothing,
    openInGraph: nothing,
    query: '',
    isSideOpen: true,
    isLesson: false,
  }))
}

export function select(view: ViewStore, selected: Item | null): void {
  if (!isSameItem(view.getState().selected, selected)) view.setState({ selected })
}

/** Marks what the pointer is on, without waking anyone where it is the same. */
export function hover(view: ViewStore, hovered: Item | null): void {
  if (!isSameItem(view.getState().hovered, hovered)) view.setState({ hovered })
}

export function setOpen(view: ViewStore, where: 'openInTree' | 'openInGraph', key: string, isOpen: boolean): void {
  const old = view.getState()[where]
  if (old.has(key) === isOpen) return
  const next = new Set(old)
  if (isOpen) next.add(key)
  else next.delete(key)
  view.setState({ [where]: next })
}
