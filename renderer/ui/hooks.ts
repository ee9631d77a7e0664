import { useEffect, useRef, useState, type RefObject } from 'react'
import { flushSync } from 'react-dom'

/** The value once it has stood still for a while. */
export function useDebounced<Value>(value: Value, milliseconds: number): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds)
    return () => clearTimeout(timer)
  }, [value, milliseconds])
  return settled
}

export interface ElementSize {
  readonly width: number
  readonly height: number
}

/** The content size of an element, kept up to date. */
export function useElementSize(element: RefObject<HTMLElement | null>): ElementSize {
  const [size, setSize] = useState<ElementSize>({ width: 0, height: 0 })
  useEffect(() => {
    if (element.current === null) return
    const observer = new ResizeObserver((entries) => {
      const box = entries[0]?.contentRect
      if (box) setSize({ width: box.width, height: box.height })
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return size
}

export function useMediaQuery(query: string): boolean {
  const [matches, setMatches] = useState(() => window.matchMedia(query).matches)
  useEffect(() => {
    const list = window.matchMedia(query)
    const update = () => setMatches(list.matches)
    update()
    list.addEventListener('change', update)
    return () => list.removeEventListener('change', update)
  }, [query])
  return matches
}

/** Whether the page is being printed: paper has no tabs to choose from. */
export function useIsPrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false)
  useEffect(() => {
    // Paper does not wait for the next frame.
    const begin = () => flushSync(() => setPrinting(true))
    const end = () => setPrinting(false)
    window.addEventListener('beforeprint', begin)
    window.addEventListener('afterprint', end)
    return () => {
      window.removeEventListener('beforeprint', begin)
      window.removeEventListener('afterprint', end)
    }
  }, [])
  return isPrinting
}

/** The time, which moves on only now and then: for words such as "today", or faster for a running clock. */
export function useNow(everyMilliseconds = 60_000, isTicking = true): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!isTicking) return
    const timer = setInterval(() => setNow(Date.now()), everyMilliseconds)
    return () => clearInterval(timer)
  }, [everyMilliseconds, isTicking])
  return now
}

/**
 * The newest picture that has been decoded. Swapping `src` before that would blink between two previews, and a slow
 * decode must not hold newer ones up. One that cannot be read leaves the old in place where `keepsOld` says so.
 */
export function useDecodedImage(url: string | null, keepsOld: boolean): string | null {
  const [shown, setShown] = useState<string | null>(url)
  const asked = useRef(0)
  const newestShown = useRef(0)
  useEffect(() => {
    if (url === null) return
    // Where pictures come faster than they decode, one that is late still beats the older one that is shown.
    const turn = ++asked.current
    const show = () => {
      if (turn <= newestShown.current) return
      newestShown.current = turn
      setShown(url)
    }
    const image = new Image()
    image.src = url
    image.decode().then(show, keepsOld ? () => {} : show)
  }, [url, keepsOld])
  return url === null ? null : shown
}
