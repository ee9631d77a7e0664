import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { DetectFeature } from './feature'
import { takeAsset } from './take-files'

/** Looks at a picture that another panel has sent, as soon as the models are known. */
export function useParcel(feature: DetectFeature): void {
  const { parcels, models } = feature.studio
  const parcel = useStore(parcels, (state) => state.parcel)
  const isReady = useStore(models, (state) => state.isLoaded)
  useEffect(() => {
    if (parcel?.to !== 'detect' || !isReady) return
    parcels.setState({ parcel: null })
    void takeAsset(feature, parcel.assetId, parcel.name)
  }, [feature, parcels, parcel, isReady])
}
