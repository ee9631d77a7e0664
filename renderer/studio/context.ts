import { createContext, useContext } from 'react'
import type { Studio } from './studio'

export const StudioContext = createContext<Studio | null>(null)

export function useStudio(): Studio {
  const studio = useContext(StudioContext)
  if (studio === null) throw new Error('The studio is missing above this component')
  return studio
}
