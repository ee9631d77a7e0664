import { useEffect, useState, type PointerEvent as ReactPointerEvent, type RefObject } from 'react'
import { fitted, pan, scaleOf, zoomAt, type Size, type Viewport } from '../../../ui/viewport'

export interface ViewportControls {
  readonly viewport: Viewport
  readonly scale: number
  readonly isPanning: boolean
  readonly zoomBy: (factor: number) => void
  /** Shows the whole picture. */
  readonly fit: () => void
  /** One picture pixel for each screen pixel. */
  readonly actualSize: () => void
  readonly onPointerDown: (event: ReactPointerEvent) => void
}

const wheelSpeed = 0.0016

/** Zoom by wheel and keys, pan by dragging. */
export function useViewport(stage: RefObject<HTMLElement | null>, stageSize: Size, picture: Size): ViewportControls {
  const [viewport, setViewport] = useState<Viewport>(fitted)
  const [isPanning, setPanning] = useState(false)

  useEffect(() => {
    const element = stage.current
    if (element === null) return
    function onWheel(event: WheelEvent): void {
      // React's wheel listeners are passive: they could not keep the page from scrolling.
      event.preventDefault()
      const box = element!.getBoundingClientRect()
      const point = {
        x: event.clientX - box.left - box.width / 2,
        y: event.clientY - box.top - box.height / 2,
      }
      const factor = Math.exp(-event.deltaY * wheelSpeed)
      setViewport((old) => zoomAt(old, factor, point, picture, { width: box.width, height: box.height }))
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [stage, picture])

  function onPointerDown(event: ReactPointerEvent): void {
    if (event.button !== 0 || viewport.scale === 'fit') return
    event.preventDefault()
    setPanning(true)
    let lastX = event.clientX
    let lastY = event.clientY
    function onMove(move: PointerEvent): void {
      const dx = move.clientX - lastX
      const dy = move.clientY - lastY
      lastX = move.clientX
      lastY = move.clientY
      setViewport((old) => pan(old, dx, dy, picture, stageSize))
    }
    function onUp(): void {
      setPanning(false)
      window.removeEventListener('pointermove', onMove)
      window.removeEventListener('pointerup', onUp)
      window.removeEventListener('pointercancel', onUp)
    }
    window.addEventListener('pointermove', onMove)
    window.addEventListener('pointerup', onUp)
    window.addEventListener('pointercancel', onUp)
  }

  return {
    viewport,
    scale: scaleOf(viewport, picture, stageSize),
    isPanning,
    zoomBy: (factor) => setViewport((old) => zoomAt(old, factor, { x: 0, y: 0 }, picture, stageSize)),
    fit: () => setViewport(fitted),
    actualSize: () => setViewport({ scale: 1, x: 0, y: 0 }),
    onPointerDown,
  }
}
