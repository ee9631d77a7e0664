import { formatMilliseconds } from '../ui/format'
import { Figure } from './figure'
import figure from './figure.module.css'
import styles from './cost-error.module.css'

export interface CostErrorPoint {
  readonly label: string
  /** Milliseconds. */
  readonly cost: number
  /** dB; Infinity where there is no error. */
  readonly decibels: number
  /** A step of a search, or a precision that was measured. */
  readonly kind: 'measured' | 'step'
  readonly isChosen: boolean
}

interface CostErrorProps {
  readonly points: readonly CostErrorPoint[]
  /** dB that a search was to reach. */
  readonly target: number | null
  readonly unit: string
}

const height = 200
const [top, bottom, left, right] = [12, 172, 40, 12]

/** Time against error: what lies up and to the left is better. Points that nothing beats in both are joined. */
export function CostError({ points, target, unit }: CostErrorProps) {
  const finite = points.flatMap(({ decibels }) => (Number.isFinite(decibels) ? [decibels] : []))
  const ceiling = Math.max(20, target ?? 0, ...finite) * 1.1
  const floor = Math.min(0, ...finite)
  const most = Math.max(1e-9, ...points.map(({ cost }) => cost)) * 1.08
  const front = frontOf(points)
  return (
    <Figure
      title="Time against error"
      note={`dB over ${unit}; up and left is better`}
      height={height}
      summary={points
        .map(({ label, cost, decibels }) => `${label}: ${cost.toPrecision(3)} ms, ${words(decibels)}`)
        .join('; ')}
      table={{
        head: ['Precision', 'Milliseconds', 'dB'],
        rows: points.map(({ label, cost, decibels }) => [label, cost.toPrecision(4), words(decibels)]),
      }}
    >
      {(width) => {
        const xOf = (cost: number) => left + (cost / most) * (width - left - right)
        const yOf = (decibels: number) =>
          bottom - ((Math.min(ceiling, decibels) - floor) / (ceiling - floor)) * (bottom - top)
        return (
          <>
            {[0, 0.5, 1].map((share) => {
              const value = floor + share * (ceiling - floor)
              return (
                <g key={share}>
                  <line className={figure.grid} x1={left} x2={width} y1={yOf(value)} y2={yOf(value)} />
                  <text x={0} y={yOf(value) + 4}>
                    {Math.round(value)} dB
                  </text>
                </g>
              )
            })}
            {target === null ? null : (
              <line className={figure.theory} x1={left} x2={width} y1={yOf(target)} y2={yOf(target)} />
            )}
            <polyline
              className={styles.front}
              points={front.map(({ cost, decibels }) => `${xOf(cost)},${yOf(decibels)}`).join(' ')}
            />
            {points.map((point, index) => (
              <g key={index}>
                <circle
                  className={point.kind === 'step' ? styles.step : styles.measured}
                  data-chosen={point.isChosen || undefined}
                  cx={xOf(point.cost)}
                  cy={yOf(point.decibels)}
                  r={point.kind === 'step' ? 2.5 : 4.5}
                >
                  <title>{`${point.label}: ${point.cost.toPrecision(3)} ms, ${words(point.decibels)}`}</title>
                </circle>
                {point.kind === 'step' ? null : (
                  <text
                    x={xOf(point.cost) + (xOf(point.cost) > width - 80 ? -8 : 8)}
                    y={yOf(point.decibels) + 4}
                    textAnchor={xOf(point.cost) > width - 80 ? 'end' : 'start'}
                    className={figure.strong}
                  >
                    {point.label}
                  </text>
                )}
              </g>
            ))}
            <text x={width} y={height - 8} textAnchor="end">
              {formatMilliseconds(most)}
            </text>
            <text x={left} y={height - 8}>
              0
            </text>
          </>
        )
      }}
    </Figure>
  )
}

/** Points that no other beats in both cost and error, the cheapest first (Pareto's front). */
export function frontOf(points: readonly CostErrorPoint[]): readonly CostErrorPoint[] {
  const sorted = [...points].sort((one, other) => one.cost - other.cost || other.decibels - one.decibels)
  let best = Number.NEGATIVE_INFINITY
  return sorted.filter(({ decibels }) => {
    if (decibels <= best) return false
    best = decibels
    return true
  })
}

function words(decibels: number): string {
  return Number.isFinite(decibels) ? `${decibels.toFixed(1)} dB` : 'no error'
}
