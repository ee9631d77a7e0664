import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '../../../contract/errors'
import type { NodeDetail, TensorView } from '../../../contract/inspection'

/** Where a slice of a tensor is taken from. */
export interface SliceAt {
  readonly rowAxis?: number
  readonly columnAxis?: number
  readonly at: readonly number[]
}

/** What the side column knows of the selected node and of the weight that is looked at. */
export interface DetailState {
  readonly node: NodeDetail | null
  /** Index into the inspection's weights; null where none is looked at. */
  readonly weight: number | null
  readonly view: TensorView | null
  readonly failure: Failure | null
}

export type DetailStore = StoreApi<DetailState>

export function createDetailStore(): DetailStore {
  return createStore<DetailState>(() => ({ node: null, weight: null, view: null, failure: null }))
}
