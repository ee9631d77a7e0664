import type { Calibration } from '../../contract/speculation'
import { predictedSpeedup } from '../../contract/speculation-statistics'
import { Figure, Key } from './figure'
import styles from './figure.module.css'

export interface MeasuredSpeedup {
  readonly draftLength: number
  readonly speedup: number
  readonly label: string
  readonly isShown: boolean
}

interface SpeedupByDraftLengthProps {
  readonly calibration: Pick<Calibration, 'verify'>
  /** One drafted token, in milliseconds. */
  readonly draftMilliseconds: number
  readonly alpha: number
  readonly measured: readonly MeasuredSpeedup[]
}

const height = 176
const top = 10
const bottom = 140
const left = 32
const longest = 12

/** What theory predicts for each draft length, with verification as free as some papers take it and as measured here. */
export function SpeedupByDraftLength({ calibration, draftMilliseconds, alpha, measured }: SpeedupByDraftLengthProps) {
  const lengths = Array.from({ length: longest + 1 }, (_, index) => index)
  const theory = lengths.map((length) => predictedSpeedup(calibration, draftMilliseconds, alpha, length))
  const best = theory.reduce((at, { honest }, index) => (honest > theory[at]!.honest ? index : at), 0)
  const most = Math.max(2, ...theory.map(({ optimist }) => optimist), ...measured.map(({ speedup }) => speedup))
  const ceiling = Math.ceil(most * 2) / 2
  const yOf = (value: number) => bottom - (value / ceiling) * (bottom - top)
  const ticks = Array.from({ length: Math.floor(ceiling) + 1 }, (_, index) => index)
  return (
    <Figure
      title="Speed-up by draft length"
      legend={
        <>
          <Key mark="theory">theory</Key>
          <Key mark="optimist">if checking were free</Key>
        </>
      }
      height={height}
      summary={`Theory with measured costs is best at a draft length of ${best}: ${theory[best]!.honest.toFixed(2)} times plain decoding. Measured: ${measured.map(({ label, draftLength, speedup }) => `${label}, ${draftLength}: ${speedup.toFixed(2)}`).join('; ') || 'nothing yet'}`}
      table={{
        head: ['Draft length', 'Theory, verification measured', 'Theory, verification free'],
        rows: lengths.map((length) => [length, theory[length]!.honest.toFixed(2), theory[length]!.optimist.toFixed(2)]),
      }}
    >
      {(width) => {
        const xOf = (length: number) => left + (length / longest) * (width - left - 12)
        const line = (key: 'honest' | 'optimist') =>
          lengths.map((length) => `${xOf(length)},${yOf(theory[length]![key])}`).join(' ')
        return (
          <>
            {ticks.map((value) => (
              <g key={value}>
                <line
                  className={value === 0 ? styles.base : styles.grid}
                  x1={left}
                  x2={width}
                  y1={yOf(value)}
                  y2={yOf(value)}
                />
                <text x={0} y={yOf(value) + 4}>
                  {value}×
                </text>
              </g>
            ))}
            <line stroke="var(--chart-2)" strokeWidth={1.5} x1={left} x2={width} y1={yOf(1)} y2={yOf(1)} />
            <text x={width} y={yOf(1) + 14} textAnchor="end">
              plain
            </text>
            <polyline className={styles.optimist} points={line('optimist')} />
            <polyline className={styles.theory} points={line('honest')} />
            <text className={styles.haloed} x={xOf(best)} y={yOf(theory[best]!.honest) - 9} textAnchor="middle">
              best k = {best}
            </text>
            <circle className={styles.hollow} cx={xOf(best)} cy={yOf(theory[best]!.honest)} r={3.5} />
            {[...measured].sort(shownLast).map(({ label, draftLength, speedup, isShown }) => (
              <circle
                key={label}
                className={isShown ? styles.measured : styles.other}
                cx={xOf(Math.min(longest, draftLength))}
                cy={yOf(speedup)}
                r={isShown ? 5 : 4}
              />
            ))}
            {spread(measured, yOf).map(({ label, draftLength, speedup, isShown, y }) => (
              <text
                key={label}
                className={isShown ? styles.strongHaloed : styles.haloed}
                x={xOf(Math.min(longest, draftLength)) + 10}
                y={y + 4}
              >
                {label} {speedup.toFixed(2)}×
              </text>
            ))}
            {[0, 4, 8, 12].map((length) => (
              <text key={length} x={xOf(length)} y={bottom + 16} textAnchor="middle">
                {length}
              </text>
            ))}
            <text x={left} y={bottom + 32}>
              drafted tokens a round
            </text>
          </>
        )
      }}
    </Figure>
  )
}

/** Labels in the order of their points, each far enough below the one above. */
function spread(
  measured: readonly MeasuredSpeedup[],
  yOf: (speedup: number) => number,
): readonly (MeasuredSpeedup & { readonly y: number })[] {
  let above = -Infinity
  return [...measured]
    .sort((a, b) => b.speedup - a.speedup)
    .map((point) => {
      above = Math.max(above + 13, yOf(point.speedup))
      return { ...point, y: above }
    })
}

function shownLast(a: MeasuredSpeedup, b: MeasuredSpeedup): number {
  return Number(a.isShown) - Number(b.isShown)
}
