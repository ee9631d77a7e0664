import { useLayoutEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'

/** Where toasts stand, in window pixels: how far above the bottom edge, around which middle, and how wide at most. */
export interface ShelfPlace {
  readonly bottom: number
  readonly centre: number
  readonly width: number
}

const shelf = createStore<{ readonly place: ShelfPlace | null }>(() => ({ place: null }))

export function useShelfPlace(): ShelfPlace | null {
  return useStore(shelf, ({ place }) => place)
}

/** A line in a panel that toasts stand on, so that they cover nothing that people work with. */
export function ToastShelf({ className }: { readonly className?: string | undefined }) {
  const element = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const line = element.current
    if (line === null) return
    function measure(): void {
      const box = line!.getBoundingClientRect()
      const place = {
        bottom: Math.round(window.innerHeight - box.bottom),
        centre: Math.round(box.left + box.width / 2),
        width: Math.round(box.width),
      }
      shelf.setState((old) => (isSame(old.place, place) ? old : { place }))
    }
    measure()
    // What the line lies in changes its size whenever the line moves.
    const observer = new ResizeObserver(measure)
    observer.observe(line)
    if (line.offsetParent !== null) observer.observe(line.offsetParent)
    return () => {
      observer.disconnect()
      shelf.setState({ place: null })
    }
  }, [className])
  return <div ref={element} className={className} aria-hidden />
}

function isSame(one: ShelfPlace | null, other: ShelfPlace): boolean {
  return one !== null && one.bottom === other.bottom && one.centre === other.centre && one.width === other.width
}
