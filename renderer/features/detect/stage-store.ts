import { createStore, type StoreApi } from 'zustand/vanilla'
import type { DetectionResult } from '../../../contract/detection'
import type { Failure } from '../../../contract/errors'
import type { AssetId, DetectionId, DetectionRunId, ModelId } from '../../../contract/ids'

/** A picture on the stage. */
export interface StagePicture {
  /** Where it is filed; null until the first answer. */
  readonly detectionId: DetectionId | null
  readonly runId: DetectionRunId | null
  readonly name: string
  /** Null where the picture itself could not be had. */
  readonly assetId: AssetId | null
  /** Pixels of the upright picture, as soon as they are known. */
  readonly width: number | null
  readonly height: number | null
}

/** What the boxes come from: which model looked, and what it saw. */
export interface Looked {
  readonly modelId: ModelId
  readonly modelName: string
  readonly result: DetectionResult
}

export interface StageState {
  readonly picture: StagePicture | null
  readonly looked: Looked | null
  /** The model is at it. */
  readonly isRunning: boolean
  /** Pictures are on their way in. */
  readonly reading: { readonly done: number; readonly total: number } | null
  /** The filed picture that was asked for last: one that comes later than a newer wish is not shown. */
  readonly asked: DetectionId | null
  readonly failure: Failure | null
}

export type StageStore = StoreApi<StageState>

export const emptyStage: StageState = {
  picture: null,
  looked: null,
  isRunning: false,
  reading: null,
  asked: null,
  failure: null,
}

export function createStageStore(): StageStore {
  return createStore<StageState>(() => emptyStage)
}
