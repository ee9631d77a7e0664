import { createStore, type StoreApi } from 'zustand/vanilla'
import type { DetectionResult } from '../../../contract/detection'
import type { Failure } from '../../../contract/errors'
import type { AssetId, ModelId } from '../../../contract/ids'

/** The other model, or the same at another precision. */
export interface Rival {
  readonly modelId: ModelId
  readonly precision: string
}

export interface CompareState {
  readonly rival: Rival | null
  /** Its own threshold; null follows the slider. */
  readonly score: number | null
  /** IoU from which two boxes of a class are the same thing. */
  readonly iou: number
  /** What the rival saw, and in which picture. */
  readonly looked: { readonly assetId: AssetId; readonly rival: Rival; readonly result: DetectionResult } | null
  readonly isRunning: boolean
  readonly failure: Failure | null
}

export type CompareStore = StoreApi<CompareState>

export function createCompareStore(): CompareStore {
  return createStore<CompareState>(() => ({
    rival: null,
    score: null,
    iou: 0.5,
    looked: null,
    isRunning: false,
    failure: null,
  }))
}
