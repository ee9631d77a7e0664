import { useId } from 'react'
import styles from './value-map.module.css'

interface ValueMapProps {
  readonly label: string
  readonly rows: number
  readonly columns: number
  /** Row by row; null where a value is no number. */
  readonly values: readonly (number | null)[]
  /** The value that has the full colour. */
  readonly reach: number
  readonly format: (value: number) => string
}

const most = 20
const least = 5

/** A slice of a tensor as coloured cells: blue below zero, orange above, grey at zero. */
export function ValueMap({ label, rows, columns, values, reach, format }: ValueMapProps) {
  const id = useId()
  const side = Math.max(least, Math.min(most, Math.floor(288 / Math.max(1, columns))))
  const gap = side > 8 ? 2 : side > 5 ? 1 : 0.5
  return (
    <figure className={styles.map} data-chart={label} aria-labelledby={id}>
      <figcaption id={id} className="visually-hidden">
        {label}: {rows} by {columns}
      </figcaption>
      <svg
        viewBox={`0 0 ${columns * side} ${rows * side}`}
        width={columns * side}
        height={rows * side}
        role="img"
        aria-label={label}
      >
        {values.map((value, at) => (
          <rect
            key={at}
            x={(at % columns) * side}
            y={Math.floor(at / columns) * side}
            width={side - gap}
            height={side - gap}
            rx={side > 8 ? 2 : 0}
            fill={value === null ? 'var(--fail)' : colorOf(reach === 0 ? 0 : value / reach)}
          >
            <title>{value === null ? 'no number' : format(value)}</title>
          </rect>
        ))}
      </svg>
    </figure>
  )
}

function colorOf(value: number): string {
  const strength = Math.round(100 * Math.sqrt(Math.min(1, Math.abs(value))))
  return `color-mix(in srgb, var(${value < 0 ? '--sign-neg' : '--sign-pos'}) ${strength}%, var(--chart-3))`
}
