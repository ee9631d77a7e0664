import figureStyles from './figure.module.css'
import { Figure } from './figure'

interface ValueHistogramProps {
  readonly title: string
  readonly note: string
  /** Counts in bins of equal width from `low` to `high`. */
  readonly counts: readonly number[]
  readonly low: number
  readonly high: number
  readonly format: (value: number) => string
}

const height = 92
const base = 70

/** How often each value occurs: negative ones to the left of zero in one colour, positive ones in the other. */
export function ValueHistogram({ title, note, counts, low, high, format }: ValueHistogramProps) {
  const most = Math.max(1, ...counts)
  const width = (high - low) / Math.max(1, counts.length)
  const reach = Math.max(Math.abs(low), Math.abs(high))
  const hasZero = low < 0 && high > 0
  return (
    <Figure
      title={title}
      note={note}
      height={height}
      summary={`Histogram of ${title}: from ${format(low)} to ${format(high)}`}
      table={{
        head: ['From', 'To', 'Values'],
        rows: counts.map((count, at) => [format(low + at * width), format(low + (at + 1) * width), count]),
      }}
    >
      {(room) => {
        const pitch = room / Math.max(1, counts.length)
        const bar = Math.max(0.5, pitch - 1)
        return (
          <>
            {counts.map((count, at) => {
              const middle = low + (at + 0.5) * width
              const tall = (count / most) * (base - 6)
              return count === 0 ? null : (
                <rect
                  key={at}
                  x={at * pitch}
                  y={base - Math.max(0.75, tall)}
                  width={bar}
                  height={Math.max(0.75, tall)}
                  rx={Math.min(1, bar / 4)}
                  fill={signed(reach === 0 ? 0 : middle / reach)}
                />
              )
            })}
            <line className={figureStyles.base} x1={0} x2={room} y1={base} y2={base} />
            <text x={0} y={base + 15}>
              {format(low)}
            </text>
            {hasZero ? (
              <text x={(-low / (high - low)) * room} y={base + 15} textAnchor="middle">
                0
              </text>
            ) : null}
            <text x={room} y={base + 15} textAnchor="end">
              {format(high)}
            </text>
          </>
        )
      }}
    </Figure>
  )
}

/** Blue below zero, orange above, grey between; −1 to 1. */
function signed(value: number): string {
  const strength = Math.round(35 + 65 * Math.min(1, Math.abs(value)))
  return `color-mix(in srgb, var(${value < 0 ? '--sign-neg' : '--sign-pos'}) ${strength}%, var(--chart-2))`
}
