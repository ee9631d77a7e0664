import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '../../../contract/errors'
import type { InspectionDifference } from '../../../contract/inspection'
import type { InspectionCounts } from '../../../contract/inspection-counts'
import type { OpenFile } from './file-store'

/** The second file, and how it differs from the one that is open. */
export interface DifferenceState {
  readonly other: OpenFile | null
  /** At the open file's sizes, and at those that suit their names where that has none of the name. */
  readonly otherCounts: InspectionCounts | null
  readonly difference: InspectionDifference | null
  /** Name of the file that is being read. */
  readonly opening: string | null
  readonly failure: Failure | null
}

export type DifferenceStore = StoreApi<DifferenceState>

export const noDifference: DifferenceState = {
  other: null,
  otherCounts: null,
  difference: null,
  opening: null,
  failure: null,
}

export function createDifferenceStore(): DifferenceStore {
  return createStore<DifferenceState>(() => noDifference)
}
