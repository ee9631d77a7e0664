import { createContext, useContext } from 'react'
import type { Box } from '../../../contract/detection'
import type { AssetId } from '../../../contract/ids'
import type { DetectFeature } from './feature'

/** What other panels do with a picture and what was found in it. */
export interface DetectExits {
  /** Starts a picture from this one, of which only what is in the box is painted anew. */
  readonly maskInImage: (start: {
    readonly assetId: AssetId
    readonly width: number
    readonly height: number
    readonly box: Box
  }) => Promise<void>
  /** Where folders of models are added. */
  readonly showSettings: () => void
}

export const DetectContext = createContext<{ readonly feature: DetectFeature; readonly exits: DetectExits } | null>(
  null,
)

export function useDetect(): DetectFeature {
  return useWhole().feature
}

export function useExits(): DetectExits {
  return useWhole().exits
}

function useWhole() {
  const whole = useContext(DetectContext)
  if (whole === null) throw new Error('The Detect feature is missing above this component')
  return whole
}
