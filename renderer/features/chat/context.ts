import { createContext, useContext } from 'react'
import type { AssetId, ImageId } from '../../../contract/ids'
import type { ChatFeature } from './feature'

/** What other panels do with a picture of a conversation. */
export interface ChatExits {
  /** Shows a picture of the gallery. */
  readonly showImage: (imageId: ImageId) => void
  /** Takes a picture as the start of a new one. */
  readonly startFrom: (assetId: AssetId) => void
  /** Where folders of models are added. */
  readonly showSettings: () => void
}

export const ChatContext = createContext<{ readonly feature: ChatFeature; readonly exits: ChatExits } | null>(null)

export function useChat(): ChatFeature {
  return useWhole().feature
}

export function useExits(): ChatExits {
  return useWhole().exits
}

function useWhole() {
  const whole = useContext(ChatContext)
  if (whole === null) throw new Error('The Chat feature is missing above this component')
  return whole
}
