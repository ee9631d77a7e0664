import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import type { MaskOperation, Point } from './mask-store'

export interface Brush {
  readonly size: number
  readonly softness: number
  readonly isErasing: boolean
}

interface UseBrush {
  /** The stroke in hand, not yet part of the mask. */
  readonly stroke: MaskOperation | null
  /** Where the brush is, in picture pixels; null while the pointer is away. */
  readonly cursor: Point | null
  readonly isPenDown: boolean
  readonly onPointerDown: (event: PointerEvent<HTMLCanvasElement>) => void
  readonly onPointerMove: (event: PointerEvent<HTMLCanvasElement>) => void
  readonly onPointerUp: () => void
  readonly onPointerLeave: () => void
  /** True where the key moved or set the brush. */
  readonly onKey: (event: KeyboardEvent) => boolean
}

const fineStep = 1

/** Painting by pointer, and by keys: arrows move the brush, Space puts it down and lifts it. */
export function useBrush(
  brush: Brush,
  picture: { readonly width: number; readonly height: number },
  onStroke: (stroke: MaskOperation) => void,
): UseBrush {
  const [points, setPoints] = useState<readonly Point[] | null>(null)
  const [cursor, setCursor] = useState<Point | null>(null)
  const [isPenDown, setPenDown] = useState(false)
  const isDragging = useRef(false)

  function strokeOf(list: readonly Point[]): MaskOperation {
    return { kind: 'stroke', points: list, ...brush }
  }

  function pointOf(event: PointerEvent<HTMLCanvasElement>): Point {
    const box = event.currentTarget.getBoundingClientRect()
    return {
      x: ((event.clientX - box.left) / box.width) * picture.width,
      y: ((event.clientY - box.top) / box.height) * picture.height,
    }
  }

  function finish(): void {
    isDragging.current = false
    if (points !== null && points.length > 0) onStroke(strokeOf(points))
    setPoints(null)
  }

  function moveBy(dx: number, dy: number): void {
    const from = cursor ?? { x: picture.width / 2, y: picture.height / 2 }
    const next = {
      x: Math.min(picture.width, Math.max(0, from.x + dx)),
      y: Math.min(picture.height, Math.max(0, from.y + dy)),
    }
    setCursor(next)
    if (isPenDown) setPoints((old) => [...(old ?? [from]), next])
  }

  return {
    stroke: points === null ? null : strokeOf(points),
    cursor,
    isPenDown,
    onPointerDown(event) {
      if (event.button !== 0) return
      event.currentTarget.setPointerCapture(event.pointerId)
      isDragging.current = true
      setPoints([pointOf(event)])
    },
    onPointerMove(event) {
      const point = pointOf(event)
      setCursor(point)
      if (isDragging.current) setPoints((old) => [...(old ?? []), point])
    },
    onPointerUp: () => {
      if (isDragging.current) finish()
    },
    onPointerLeave: () => {
      if (!isDragging.current && !isPenDown) setCursor(null)
    },
    onKey(event) {
      const step = event.shiftKey ? fineStep : Math.max(2, brush.size / 3)
      const moves: Record<string, readonly [number, number]> = {
        ArrowLeft: [-step, 0],
        ArrowRight: [step, 0],
        ArrowUp: [0, -step],
        ArrowDown: [0, step],
      }
      const move = moves[event.key]
      if (move !== undefined) moveBy(...move)
      else if (event.key === ' ') {
        if (isPenDown) finish()
        else setPoints([cursor ?? { x: picture.width / 2, y: picture.height / 2 }])
        setPenDown(!isPenDown)
      } else return false
      return true
    },
  }
}
