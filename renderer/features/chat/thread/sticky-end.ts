/** Closer than this to the end, the reader is taken to be at it. */
export const nearEnd = 120

export interface StickyEnd {
  readonly setScroller: (element: HTMLElement | null) => void
  readonly setContent: (element: HTMLElement | null) => void
  /** Goes to the end, and stays there while it moves. */
  readonly follow: () => void
}

/** Holds a scrolling box at its end while what is in it grows, until the reader scrolls away; near the end it holds again. */
export function createStickyEnd(onChange: (isAtEnd: boolean) => void): StickyEnd {
  let box: HTMLElement | null = null
  let content: HTMLElement | null = null
  let isFollowing = true
  let top = 0

  function onScroll(): void {
    if (box === null) return
    const left = box.scrollHeight - box.clientHeight - box.scrollTop
    // Growth leaves the place as it is: only the reader moves it up.
    if (left <= nearEnd) isFollowing = true
    else if (box.scrollTop < top) isFollowing = false
    top = box.scrollTop
    onChange(isFollowing)
  }

  function onSize(): void {
    if (isFollowing && box !== null) box.scrollTop = box.scrollHeight
  }

  const observer = new ResizeObserver(onSize)

  return {
    setScroller(element) {
      box?.removeEventListener('scroll', onScroll)
      if (box !== null) observer.unobserve(box)
      box = element
      if (element === null) return
      element.addEventListener('scroll', onScroll, { passive: true })
      observer.observe(element)
    },
    setContent(element) {
      if (content !== null) observer.unobserve(content)
      content = element
      if (element !== null) observer.observe(element)
    },
    follow() {
      isFollowing = true
      onSize()
      onChange(true)
    },
  }
}
