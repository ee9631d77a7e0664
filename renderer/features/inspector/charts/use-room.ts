import { useRef, type RefObject } from 'react'
import { useElementSize } from '../../../ui/hooks'

/** Height of a figure's heading row with the gap below it. */
const heading = 34

/** The height that is left for a chart in its place. */
export function useRoom(least = 240): { readonly ref: RefObject<HTMLDivElement | null>; readonly height: number } {
  const ref = useRef<HTMLDivElement>(null)
  const { height } = useElementSize(ref)
  return { ref, height: Math.max(least, Math.floor(height) - heading) }
}
