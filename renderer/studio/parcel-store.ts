import { createStore, type StoreApi } from 'zustand/vanilla'
import type { AssetId } from '../../contract/ids'

/** A picture on its way from one panel to another. */
export interface Parcel {
  readonly to: 'chat' | 'detect'
  readonly assetId: AssetId
  /** In a few words, for where it arrives. */
  readonly name: string
  /** What to say with it, where nothing was written yet. */
  readonly text?: string
}

export type ParcelStore = StoreApi<{ readonly parcel: Parcel | null }>

/** Panels do not know each other: one leaves a picture here, the shell shows the other, and that one takes it. */
export function createParcelStore(): ParcelStore {
  return createStore<{ readonly parcel: Parcel | null }>(() => ({ parcel: null }))
}
