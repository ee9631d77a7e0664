import { useEffect } from 'react'
import { useStore } from 'zustand'
import { attachAsset } from './attach'
import type { ChatFeature } from './feature'

/** Takes in a picture that another panel has sent, as soon as the composer is ready for it. */
export function useParcel(feature: ChatFeature): void {
  const { parcels } = feature.studio
  const parcel = useStore(parcels, (state) => state.parcel)
  const isReady = useStore(feature.composer.store, (state) => state.isLoaded)
  useEffect(() => {
    if (parcel?.to !== 'chat' || !isReady) return
    parcels.setState({ parcel: null })
    const { text } = parcel
    if (text !== undefined && feature.composer.store.getState().draft.text === '') feature.composer.change({ text })
    void attachAsset(feature, parcel.assetId, parcel.name).then(() => feature.composer.focus())
  }, [feature, parcels, parcel, isReady])
}
