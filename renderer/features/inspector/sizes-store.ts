import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '../../../contract/errors'
import type { FreeDimension } from '../../../contract/inspection'
import type { DimensionSizes, InspectionCounts } from '../../../contract/inspection-counts'

/** Sizes of the free dimensions, and what the model costs at them. */
export interface SizesState {
  /** As they stand in the fields; those that are left empty are not here. */
  readonly sizes: DimensionSizes
  /** Null until they were counted for the first time. */
  readonly counts: InspectionCounts | null
  readonly failure: Failure | null
}

export type SizesStore = StoreApi<SizesState>

/** Sizes to begin with; those that follow from others are left to follow. */
export function suggestedSizes(dimensions: readonly FreeDimension[]): DimensionSizes {
  return Object.fromEntries(
    dimensions.filter(({ formula }) => formula === null).map(({ name, suggested }) => [name, suggested]),
  )
}

export function createSizesStore(): SizesStore {
  return createStore<SizesState>(() => ({ sizes: {}, counts: null, failure: null }))
}
