import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import type { RefObject } from 'react'

/** Rows of one height, of which only those in sight are drawn. */
export function useRows(
  scroller: RefObject<HTMLDivElement | null>,
  count: number,
  height: number,
  overscan: number,
): Virtualizer<HTMLDivElement, Element> {
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are called in place, never passed on
  return useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan,
    initialRect: { width: 800, height: 600 },
  })
}
