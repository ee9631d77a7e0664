import { useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { HiddenTable } from './figure'
import styles from './score-histogram.module.css'
import { useChartWidth } from './use-chart-width'

interface ScoreHistogramProps {
  /** Scores of all raw boxes, 0 to 1. */
  readonly scores: readonly number[]
  /** Of those, the ones that are shown. */
  readonly shown: readonly number[]
  readonly threshold: number
  readonly onThreshold: (threshold: number) => void
}

const bins = 20
const height = 124
const top = 22
const bottom = 92
const side = 14

/** How many boxes have which score, and the threshold to be dragged through them. Heights are square roots, so that few show beside many. */
export function ScoreHistogram({ scores, shown, threshold, onThreshold }: ScoreHistogramProps) {
  const element = useRef<HTMLDivElement>(null)
  const width = useChartWidth(element, 388)
  const all = countsOf(scores)
  const seen = countsOf(shown)
  const most = Math.max(1, ...all.map(Math.sqrt))
  const span = width - 2 * side
  const pitch = span / bins
  const xOf = (score: number) => side + score * span
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(2, (Math.sqrt(count) / most) * (bottom - top)))
  const line = xOf(threshold)
  const isRoomy = line > 110

  function move(event: PointerEvent<SVGElement>): void {
    const box = element.current?.getBoundingClientRect()
    if (box === undefined) return
    onThreshold(snapped((event.clientX - box.left - side) / span))
  }

  function onKeyDown(event: KeyboardEvent): void {
    const steps: Record<string, number> = {
      ArrowLeft: threshold - 0.01,
      ArrowDown: threshold - 0.01,
      ArrowRight: threshold + 0.01,
      ArrowUp: threshold + 0.01,
      PageDown: threshold - 0.1,
      PageUp: threshold + 0.1,
      Home: 0,
      End: 1,
    }
    const next = steps[event.key]
    if (next === undefined) return
    event.preventDefault()
    onThreshold(snapped(next))
  }

  const hidden = scores.length - shown.length
  return (
    <div ref={element} className={styles.frame} data-chart="Scores">
      <svg className={styles.chart} width={width} height={height}>
        <g role="img" aria-label={`${shown.length} boxes shown of ${scores.length}, threshold ${threshold.toFixed(2)}`}>
          <line className={styles.axis} x1={side} x2={width - side} y1={bottom + 0.5} y2={bottom + 0.5} />
          {all.map((count, bin) => {
            const x = side + bin * pitch + 1
            const own = heightOf(seen[bin]!)
            return (
              <g key={bin}>
                <rect
                  className={styles.raw}
                  x={x}
                  width={pitch - 2}
                  y={bottom - heightOf(count)}
                  height={heightOf(count)}
                  rx={1.5}
                />
                <rect className={styles.shown} x={x} width={pitch - 2} y={bottom - own} height={own} rx={1.5} />
              </g>
            )
          })}
          {[0, 0.25, 0.5, 0.75, 1].map((score) => (
            <text key={score} x={xOf(score)} y={bottom + 16} textAnchor="middle">
              {score.toFixed(2)}
            </text>
          ))}
          <text x={side} y={height - 2} className={styles.note}>
            score, heights on a square-root scale
          </text>
        </g>
        <text x={isRoomy ? line - 12 : line + 12} y={12} textAnchor={isRoomy ? 'end' : 'start'}>
          {isRoomy ? `${hidden} hidden` : ''}
        </text>
        <text
          x={line > width - 80 ? line - 12 - (isRoomy ? 64 : 0) : line + 12}
          y={12}
          textAnchor={line > width - 80 ? 'end' : 'start'}
          className={styles.strong}
        >
          {shown.length} shown
        </text>
        <rect
          className={styles.catch}
          x={0}
          width={width}
          y={0}
          height={bottom + 4}
          onPointerDown={grab}
          onPointerMove={drag}
        />
        <g
          className={styles.handle}
          role="slider"
          tabIndex={0}
          aria-label="Score threshold"
          aria-valuemin={0}
          aria-valuemax={1}
          aria-valuenow={threshold}
          aria-valuetext={`${threshold.toFixed(2)}: ${shown.length} shown, ${hidden} hidden`}
          onKeyDown={onKeyDown}
        >
          <line x1={line} x2={line} y1={8} y2={bottom + 4} />
          <rect x={line - 5} y={2} width={10} height={14} rx={3} />
          <path d={`M${line - 1.5} 6v6M${line + 1.5} 6v6`} />
        </g>
      </svg>
      <HiddenTable
        caption="Boxes by score"
        head={['From', 'Raw boxes', 'Shown']}
        rows={all.map((count, bin) => [(bin / bins).toFixed(2), count, seen[bin]!])}
      />
    </div>
  )

  function grab(event: PointerEvent<SVGRectElement>): void {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    move(event)
  }

  function drag(event: PointerEvent<SVGRectElement>): void {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) move(event)
  }
}

function snapped(score: number): number {
  return Math.round(Math.min(1, Math.max(0, score)) * 100) / 100
}

function countsOf(scores: readonly number[]): readonly number[] {
  const counts = new Array<number>(bins).fill(0)
  for (const score of scores) counts[Math.min(bins - 1, Math.max(0, Math.floor(score * bins)))]! += 1
  return counts
}
