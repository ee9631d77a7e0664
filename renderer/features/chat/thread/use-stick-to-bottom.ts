import { useEffect, useState, type RefCallback } from 'react'
import { createStickyEnd, type StickyEnd } from './sticky-end'

interface Stick {
  readonly isAtEnd: boolean
  readonly toEnd: () => void
  /** Of the box that scrolls, and of what grows in it. */
  readonly scroller: RefCallback<HTMLElement>
  readonly content: RefCallback<HTMLElement>
}

/** Keeps the end of what grows in sight, but only while the reader is near it. A new key starts at the end. */
export function useStickToBottom(key: string | null): Stick {
  const [isAtEnd, setAtEnd] = useState(true)
  const [end] = useState<StickyEnd>(() => createStickyEnd(setAtEnd))
  useEffect(() => end.follow(), [end, key])
  return { isAtEnd, toEnd: end.follow, scroller: end.setScroller, content: end.setContent }
}
