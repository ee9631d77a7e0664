import { useEffect, useRef, useState } from 'react'

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}

interface WindowDrop {
  /** Kinds of dragged data that are taken besides files. */
  readonly types?: readonly string[]
  readonly onDrop: (event: DragEvent) => void
}

/** Takes what is dropped anywhere on the window. @returns whether files are being dragged over it */
export function useWindowDrop({ types = [], onDrop }: WindowDrop): boolean {
  const [isOver, setOver] = useState(false)
  const latest = useRef({ types, onDrop })
  useEffect(() => {
    latest.current = { types, onDrop }
  })
  useEffect(() => {
    // Each child that the pointer enters or leaves tells of itself: only the balance says whether it is still inside.
    let depth = 0
    const isTaken = (event: DragEvent): boolean =>
      holdsFiles(event) || latest.current.types.some((type) => event.dataTransfer?.types.includes(type))
    const events = {
      dragenter: (event: DragEvent): void => {
        if (!holdsFiles(event)) return
        depth += 1
        setOver(true)
      },
      dragleave: (event: DragEvent): void => {
        if (!holdsFiles(event)) return
        depth -= 1
        if (depth <= 0) setOver(false)
      },
      dragover: (event: DragEvent): void => {
        if (isTaken(event)) event.preventDefault()
      },
      drop: (event: DragEvent): void => {
        depth = 0
        setOver(false)
        if (!isTaken(event)) return
        event.preventDefault()
        latest.current.onDrop(event)
      },
    }
    for (const [name, listener] of Object.entries(events)) window.addEventListener(name, listener as EventListener)
    return () => {
      for (const [name, listener] of Object.entries(events)) window.removeEventListener(name, listener as EventListener)
    }
  }, [])
  return isOver
}
