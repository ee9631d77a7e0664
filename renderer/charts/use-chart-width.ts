import { useEffect, useState, type RefObject } from 'react'

/** The width in which a chart is drawn, in CSS pixels, so that its letters keep their size. */
export function useChartWidth(element: RefObject<HTMLElement | null>, first = 400): number {
  const [width, setWidth] = useState(first)
  useEffect(() => {
    if (element.current === null) return
    const observer = new ResizeObserver((entries) => {
      const measured = Math.floor(entries[0]?.contentRect.width ?? 0)
      if (measured > 0) setWidth(measured)
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return width
}
