import { useEffect, useMemo, useState, type PointerEvent as ReactPointerEvent, type RefObject } from 'react'
import { useStore } from 'zustand'
import { pan, zoomAt, type Size, type Stage } from '../../../ui/viewport'
import { useDetect } from '../context'
import { projectionOf, type Projection } from './projection'

interface StageView {
  readonly projection: Projection
  readonly isZoomed: boolean
  readonly isPanning: boolean
  /** Space is held: the next drag moves the picture, whatever it begins on. */
  readonly isReady: boolean
  readonly onPointerDown: (event: ReactPointerEvent) => void
}

const wheelSpeed = 0.0016
/** Room for the chips over the picture. */
const margin: Size = { width: 32, height: 100 }

/** Zoom by wheel; pan by dragging with Space or the middle button, or by the ground beside the boxes once zoomed in. */
export function useStageView(element: RefObject<HTMLElement | null>, size: Size, picture: Size): StageView {
  const { view } = useDetect()
  const viewport = useStore(view, (state) => state.viewport)
  const [isPanning, setPanning] = useState(false)
  const isReady = useHeldSpace()
  const { width, height } = size
  const stage = useMemo<Stage>(() => ({ width, height, margin }), [width, height])

  useEffect(() => {
    const target = element.current
    if (target === null) return
    function onWheel(event: WheelEvent): void {
      // React's wheel listeners are passive: they could not keep the page from scrolling.
      event.preventDefault()
      const box = target!.getBoundingClientRect()
      const point = { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 }
      const factor = Math.exp(-event.deltaY * wheelSpeed)
      view.setState((state) => ({ viewport: zoomAt(state.viewport, factor, point, picture, stage) }))
    }
    target.addEventListener('wheel', onWheel, { passive: false })
    return () => target.removeEventListener('wheel', onWheel)
  }, [element, picture, stage, view])

  function onPointerDown(event: ReactPointerEvent): void {
    const isGround = event.button === 0 && event.target === event.currentTarget
    if (event.button !== 1 && !(event.button === 0 && isReady) && !isGround) return
    if (viewport.scale === 'fit') return
    event.preventDefault()
    setPanning(true)
    let last = { x: event.clientX, y: event.clientY }
    function onMove(move: PointerEvent): void {
      const [dx, dy] = [move.clientX - last.x, move.clientY - last.y]
      last = { x: move.clientX, y: move.clientY }
      view.setState((state) => ({ viewport: pan(state.viewport, dx, dy, picture, stage) }))
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
    projection: projectionOf(viewport, picture, stage),
    isZoomed: viewport.scale !== 'fit',
    isPanning,
    isReady,
    onPointerDown,
  }
}

function useHeldSpace(): boolean {
  const { video } = useDetect()
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.key !== ' ') return
      const target = event.target instanceof Element ? event.target : null
      const isTaken = target?.closest('button, input, textarea, [role="slider"], [role="dialog"], a') != null
      // Where something plays, Space is its key.
      setHeld(event.type === 'keydown' && !isTaken && video.store.getState().kind === null)
    }
    document.addEventListener('keydown', onKey)
    document.addEventListener('keyup', onKey)
    return () => {
      document.removeEventListener('keydown', onKey)
      document.removeEventListener('keyup', onKey)
    }
  }, [video])
  return isHeld
}
