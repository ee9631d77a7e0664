import styles from './chart.module.css'

interface NoiseScheduleProps {
  /** One more than the steps, from the first sigma down to 0. */
  readonly sigmas: readonly number[]
  /** Density of the sigmas that the model was trained on, evenly spaced on [0, 1]. */
  readonly density: readonly number[]
  /** Steps done; null shows the whole schedule as one. */
  readonly step: number | null
  /** Another schedule to compare with, drawn dashed. */
  readonly other?: { readonly sigmas: readonly number[]; readonly label: string } | null
}

const width = 268
const height = 128
const left = 26
const right = 196
const top = 10
const bottom = 92
const densityLeft = 208
const densityRight = 268
/** More marks than this would run into each other. */
const mostMarks = 40

const yOf = (sigma: number) => bottom - sigma * (bottom - top)

/**
 * Sigma by step, beside the density of sigmas in training on the same axis: a larger shift lifts both, so that more
 * steps are spent where the picture takes shape.
 */
export function NoiseSchedule({ sigmas, density, step, other = null }: NoiseScheduleProps) {
  const steps = sigmas.length - 1
  const xOf = (index: number, count = steps) => left + (index / Math.max(1, count)) * (right - left)
  const points = sigmas.map((sigma, index) => [xOf(index), yOf(sigma)] as const)
  const done = step === null ? steps : Math.min(step, steps)
  const current = points[done]
  const sigma = sigmas[done]
  const line = (list: readonly (readonly [number, number])[]) =>
    `M${list.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`
  const passed = points.slice(0, done + 1)
  const area = `${line(passed)}V${bottom}H${left}Z`
  const dotsFit = steps <= mostMarks
  const tickEvery = Math.ceil(steps / mostMarks)

  return (
    <svg
      className={styles.chart}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`Noise schedule of ${steps} steps, from sigma ${sigmas[0]?.toFixed(2)} to 0${step === null || sigma === undefined ? '' : `, now at ${sigma.toFixed(3)}`}`}
    >
      <defs>
        <linearGradient id="schedule-fill" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="var(--accent)" stopOpacity=".28" />
          <stop offset="1" stopColor="var(--accent)" stopOpacity=".02" />
        </linearGradient>
      </defs>
      {[0, 0.5, 1].map((value) => (
        <g key={value}>
          <line className={styles.grid} x1={left} x2={densityRight} y1={yOf(value)} y2={yOf(value)} />
          <text x={left - 8} y={yOf(value) + 4} textAnchor="end">
            {value}
          </text>
        </g>
      ))}
      <Density density={density} />
      <line className={styles.theory} x1={left} y1={top} x2={right} y2={bottom} />
      <path d={area} fill="url(#schedule-fill)" />
      {other === null ? null : (
        <path
          className={styles.other}
          d={line(other.sigmas.map((value, index) => [xOf(index, other.sigmas.length - 1), yOf(value)] as const))}
        />
      )}
      <path d={line(points.slice(done))} className={styles.later} />
      <path d={line(passed)} className={styles.done} />
      {dotsFit
        ? points.map(([x, y], index) => (
            <circle key={index} cx={x} cy={y} r={1.6} className={index <= done ? styles.dot : styles.dotLater} />
          ))
        : null}
      {points.map(([, y], index) =>
        index % tickEvery === 0 ? (
          <line
            key={index}
            className={index <= done ? styles.tick : styles.tickLater}
            x1={densityLeft - 6}
            x2={densityLeft - 1}
            y1={y}
            y2={y}
          />
        ) : null,
      )}
      {step === null || current === undefined || sigma === undefined ? null : (
        <>
          <circle cx={current[0]} cy={current[1]} r={4.5} className={styles.now} />
          <text
            x={isAtRight(current) ? current[0] - 8 : current[0] + 8}
            y={labelY(current)}
            textAnchor={isAtRight(current) ? 'end' : 'start'}
            className={styles.strong}
          >
            σ {sigma.toFixed(3)}
          </text>
        </>
      )}
      <text x={left} y={height - 20}>
        step 0
      </text>
      <text x={right} y={height - 20} textAnchor="end">
        {steps}
      </text>
      <text x={densityRight} y={height - 20} textAnchor="end">
        trained on
      </text>
      {other === null ? null : (
        <text x={left} y={height - 3} className={styles.key}>
          dashed: {other.label}
        </text>
      )}
    </svg>
  )
}

type Point = readonly [number, number]

function isAtRight([x]: Point): boolean {
  return x > right - 60
}

/** Beside the point where the curve is not: above it, or under the curve at the right and at the top. */
function labelY(point: Point): number {
  return isAtRight(point) || point[1] < top + 12 ? Math.min(bottom - 4, point[1] + 17) : point[1] - 8
}

function Density({ density }: { readonly density: readonly number[] }) {
  const most = Math.max(...density, 1e-6)
  const points = density.map((value, index) => {
    const x = densityLeft + (value / most) * (densityRight - densityLeft)
    return `${x.toFixed(1)} ${yOf(index / (density.length - 1)).toFixed(1)}`
  })
  return <path className={styles.density} d={`M${densityLeft} ${bottom}L${points.join('L')}L${densityLeft} ${top}Z`} />
}
