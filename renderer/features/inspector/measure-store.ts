import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '../../../contract/errors'
import type { JobId } from '../../../contract/ids'
import type { Profile, Roofline } from '../../../contract/inspection-measures'

/** What was measured on this machine of the file that is open. */
export interface MeasureState {
  readonly profile: Profile | null
  readonly roofline: Roofline | null
  /** The measurement in hand. */
  readonly jobId: JobId | null
  readonly failure: Failure | null
}

export type MeasureStore = StoreApi<MeasureState>

export function createMeasureStore(): MeasureStore {
  return createStore<MeasureState>(() => ({ profile: null, roofline: null, jobId: null, failure: null }))
}
