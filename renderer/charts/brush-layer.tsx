import { useRef, type KeyboardEvent, type PointerEvent } from 'react'
import styles from './figure.module.css'

export interface Brushing {
  /** First and last place that is chosen; null where none is. */
  readonly range: { readonly from: number; readonly to: number } | null
  /** Null takes the choice away. */
  readonly onBrush: (range: { readonly from: number; readonly to: number } | null) => void
}

interface BrushLayerProps extends Brushing {
  /** What is chosen, for those who hear it: "Choose rounds". */
  readonly label: string
  readonly words: (from: number, to: number) => string
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  /** Places on the axis, at equal distances. */
  readonly count: number
}

/** Chooses a range of a chart's axis: drawn with the pointer, or by the arrow keys and Shift. A press on the range takes it away. */
export function BrushLayer(props: BrushLayerProps) {
  const { label, words, left, right, top, bottom, count, range, onBrush } = props
  const anchor = useRef(0)
  const moving = useRef(0)
  const wasChosen = useRef(false)
  const pitch = (right - left) / Math.max(1, count)

  function placeAt(event: PointerEvent<SVGRectElement>): number {
    const box = event.currentTarget.getBoundingClientRect()
    const share = (event.clientX - box.left) / Math.max(1, box.width)
    return Math.max(0, Math.min(count - 1, Math.floor(share * count)))
  }

  function choose(end: number): void {
    moving.current = end
    onBrush({ from: Math.min(anchor.current, end), to: Math.max(anchor.current, end) })
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      if (range === null) return
      event.preventDefault()
      onBrush(null)
      return
    }
    const at = range === null ? -1 : moving.current
    const next = { ArrowRight: at + 1, ArrowLeft: range === null ? count - 1 : at - 1, Home: 0, End: count - 1 }[
      event.key
    ]
    if (next === undefined) return
    event.preventDefault()
    const end = Math.max(0, Math.min(count - 1, next))
    if (!event.shiftKey || range === null) anchor.current = end
    choose(end)
  }

  return (
    <>
      {range === null ? null : (
        <rect
          className={styles.brushed}
          x={left + range.from * pitch}
          width={Math.max(2, (range.to - range.from + 1) * pitch)}
          y={top}
          height={bottom - top}
        />
      )}
      <rect
        className={styles.brush}
        x={left}
        width={Math.max(0, right - left)}
        y={top}
        height={bottom - top}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={1}
        aria-valuemax={count}
        aria-valuenow={range === null ? 1 : range.to + 1}
        aria-valuetext={range === null ? 'nothing chosen' : words(range.from, range.to)}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          const place = placeAt(event)
          wasChosen.current = range !== null && place >= range.from && place <= range.to
          anchor.current = place
          moving.current = place
          if (!wasChosen.current) choose(place)
        }}
        onPointerMove={(event) => {
          if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
          const place = placeAt(event)
          if (place === moving.current) return
          wasChosen.current = false
          choose(place)
        }}
        onPointerUp={() => {
          if (wasChosen.current) onBrush(null)
          wasChosen.current = false
        }}
      />
    </>
  )
}
