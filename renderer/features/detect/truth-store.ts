import { createStore, type StoreApi } from 'zustand/vanilla'
import type { DetectionEvaluation } from '../../../contract/detection-evaluation'
import type { CocoTruth } from '../../../contract/detection-truth'
import type { Failure } from '../../../contract/errors'
import type { DetectionRunId } from '../../../contract/ids'

export interface TruthState {
  /** The file as it was given: a folder run is held against it by the core. */
  readonly file: File | null
  readonly truth: CocoTruth | null
  /** Whether hits, false finds and misses are drawn. */
  readonly isShown: boolean
  /** IoU from which a box counts as right. */
  readonly iou: number
  /** Of a whole folder run. */
  readonly evaluation: { readonly runId: DetectionRunId; readonly table: DetectionEvaluation } | null
  readonly isEvaluating: boolean
  readonly failure: Failure | null
}

export type TruthStore = StoreApi<TruthState>

export const noTruth: TruthState = {
  file: null,
  truth: null,
  isShown: true,
  iou: 0.5,
  evaluation: null,
  isEvaluating: false,
  failure: null,
}

export function createTruthStore(): TruthStore {
  return createStore<TruthState>(() => noTruth)
}
