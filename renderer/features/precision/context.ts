import { createContext, useContext } from 'react'
import type { PrecisionFeature } from './feature'

export const PrecisionContext = createContext<PrecisionFeature | null>(null)

export function usePrecision(): PrecisionFeature {
  const feature = useContext(PrecisionContext)
  if (feature === null) throw new Error('The Precision feature is missing above this component')
  return feature
}
