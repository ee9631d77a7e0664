import { useStore } from 'zustand'
import { useDetect } from '../context'
import { whyNoLayers } from '../layers'
import { useFactsOnStage } from '../selectors'

/** Why there is no look inside, in words; null where there is. */
export function useWhyNoLayers(): string | null {
  const feature = useDetect()
  // Known from the model list, which may come later than the picture.
  useFactsOnStage()
  return useStore(feature.stage, () => whyNoLayers(feature))
}
