import { createStore, type StoreApi } from 'zustand/vanilla'
import type { DetectionLayers } from '../../../contract/detection'
import type { Failure } from '../../../contract/errors'
import type { AssetId, ModelId } from '../../../contract/ids'

/** Which look inside: of which picture, by which weights. */
export interface LayersKey {
  readonly assetId: AssetId
  readonly modelId: ModelId
  readonly precision: string
}

export interface LayersState {
  readonly key: LayersKey | null
  /** Null until they are there. */
  readonly layers: DetectionLayers | null
  readonly isLoading: boolean
  readonly failure: Failure | null
}

export type LayersStore = StoreApi<LayersState>

export function createLayersStore(): LayersStore {
  return createStore<LayersState>(() => ({ key: null, layers: null, isLoading: false, failure: null }))
}

export function isSameKey(one: LayersKey | null, other: LayersKey): boolean {
  return (
    one !== null && one.assetId === other.assetId && one.modelId === other.modelId && one.precision === other.precision
  )
}
