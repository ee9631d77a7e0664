import { useCallback, useEffect, useRef, useState, type PointerEvent as ReactPointerEvent, type RefObject } from 'react'
import { zoomCamera, type Camera, type Extent } from './graph-camera'

export interface CameraControls {
  readonly camera: Camera
  readonly setCamera: (change: Camera | ((old: Camera) => Camera)) => void
  readonly zoomBy: (factor: number) => void
  readonly isPanning: boolean
  /** Begins to pan; a press that does not move stays a press. */
  readonly onPointerDown: (event: ReactPointerEvent) => void
}

const wheelSpeed = 0.0016
/** Pointers tremble: a press is no drag before it has gone so far. */
const leastDrag = 4

/** Zoom by the wheel with the pointer's place kept, pan by dragging and by two fingers. */
export function useCamera(stage: RefObject<HTMLElement | null>, size: Extent): CameraControls {
  const [camera, setCamera] = useState<Camera>({ scale: 1, x: 0, y: 0 })
  const [isPanning, setPanning] = useState(false)
  const stop = useRef<(() => void) | null>(null)
  useEffect(() => () => stop.current?.(), [])

  useEffect(() => {
    const element = stage.current
    if (element === null) return
    function onWheel(event: WheelEvent): void {
      // React's wheel listeners are passive: they could not keep the page from scrolling.
      event.preventDefault()
      const box = element!.getBoundingClientRect()
      const at = { x: event.clientX - box.left, y: event.clientY - box.top }
      const isPinch = event.ctrlKey || event.deltaMode !== 0 || Math.abs(event.deltaY) >= 50
      setCamera((old) =>
        isPinch && event.deltaX === 0
          ? zoomCamera(old, Math.exp(-event.deltaY * wheelSpeed), at)
          : { ...old, x: old.x - event.deltaX, y: old.y - event.deltaY },
      )
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [stage])

  const onPointerDown = useCallback((event: ReactPointerEvent) => {
    if (event.button !== 0 && event.button !== 1) return
    let last = { x: event.clientX, y: event.clientY }
    let gone = 0
    function onMove(move: PointerEvent): void {
      const dx = move.clientX - last.x
      const dy = move.clientY - last.y
      gone += Math.abs(dx) + Math.abs(dy)
      last = { x: move.clientX, y: move.clientY }
      if (gone < leastDrag) return
      setPanning(true)
      setCamera((old) => ({ ...old, x: old.x + dx, y: old.y + dy }))
    }
    function end(): void {
      setPanning(false)
      window.removeEventListener('pointermove', onMove)
      window.removeEventListener('pointerup', end)
      window.removeEventListener('pointercancel', end)
      stop.current = null
    }
    stop.current = end
    window.addEventListener('pointermove', onMove)
    window.addEventListener('pointerup', end)
    window.addEventListener('pointercancel', end)
  }, [])

  const zoomBy = useCallback(
    (factor: number) => setCamera((old) => zoomCamera(old, factor, { x: size.width / 2, y: size.height / 2 })),
    [size],
  )
  return { camera, setCamera, zoomBy, isPanning, onPointerDown }
}
