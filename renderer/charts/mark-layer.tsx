import type { KeyboardEvent } from 'react'
import styles from './figure.module.css'

interface MarkLayerProps {
  /** What is walked, for those who hear it: "Nodes by multiply-adds". */
  readonly label: string
  readonly count: number
  /** Which mark is on; -1 where none is. */
  readonly at: number
  /** What the mark says. */
  readonly words: (at: number) => string
  readonly onMove: (at: number) => void
  readonly x?: number
  readonly y?: number
  readonly width: number
  readonly height: number
}

/** Walks a chart's marks by the arrow keys. It lies under the marks, so that the pointer reaches those. */
export function MarkLayer({ label, count, at, words, onMove, x = 0, y = 0, width, height }: MarkLayerProps) {
  function onKeyDown(event: KeyboardEvent): void {
    const places: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at < 0 ? count - 1 : at - 1,
      ArrowUp: at < 0 ? count - 1 : at - 1,
      Home: 0,
      End: count - 1,
    }
    const next = places[event.key]
    if (next === undefined || count === 0) return
    event.preventDefault()
    onMove(Math.max(0, Math.min(count - 1, next)))
  }
  if (count === 0) return null
  return (
    <rect
      className={styles.walk}
      x={x}
      y={y}
      width={Math.max(0, width)}
      height={Math.max(0, height)}
      rx={4}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={at < 0 ? 1 : at + 1}
      aria-valuetext={at < 0 ? 'nothing chosen' : words(at)}
      onKeyDown={onKeyDown}
    />
  )
}
