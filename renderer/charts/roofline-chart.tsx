import { useMemo } from 'react'
import { Figure, Key } from './figure'
import figureStyles from './figure.module.css'
import { decadesAround, logAxis } from './log-axis'
import { MarkLayer } from './mark-layer'
import styles from './roofline-chart.module.css'

export interface RooflinePoint {
  readonly key: string
  readonly label: string
  /** Multiply-adds a byte. */
  readonly intensity: number
  readonly macsPerSecond: number
  /** Share of the time, 0 to 1: its area. */
  readonly share: number
  readonly words: string
}

interface RooflineChartProps {
  readonly title: string
  readonly note: string
  readonly summary: string
  readonly points: readonly RooflinePoint[]
  /** What the machine can do at most, as measured; null where it was not. */
  readonly machine: { readonly macsPerSecond: number; readonly bytesPerSecond: number } | null
  readonly selected: string | null
  readonly hovered: string | null
  readonly height: number
  readonly onSelect: (key: string) => void
  readonly onHover: (key: string | null) => void
}

const left = 56
const right = 16
const top = 12
const bottom = 40

/** Speed against intensity on logarithmic axes, under the roof that memory and arithmetic make (Williams et al., 2009). */
export function RooflineChart(props: RooflineChartProps) {
  const { title, note, summary, points, machine, selected, hovered, height, onSelect, onHover } = props
  const sorted = useMemo(() => points.toSorted((a, b) => a.intensity - b.intensity), [points])
  const ridge = machine === null ? null : machine.macsPerSecond / machine.bytesPerSecond
  const xEnds = decadesAround([...points.map(({ intensity }) => intensity), ...(ridge === null ? [] : [ridge * 2])])
  const yEnds = decadesAround([
    ...points.map(({ macsPerSecond }) => macsPerSecond),
    ...(machine === null ? [] : [machine.macsPerSecond]),
  ])
  const isBound = ({ intensity }: RooflinePoint) => ridge !== null && intensity < ridge
  return (
    <Figure
      title={title}
      note={note}
      summary={summary}
      height={height}
      legend={
        <>
          {ridge === null ? null : <Key mark="var(--c2)">memory-bound</Key>}
          <Key mark="var(--c1)">{ridge === null ? 'node' : 'compute-bound'}</Key>
        </>
      }
      table={{ head: ['Node', 'Figures'], rows: sorted.map(({ label, words }) => [label, words]) }}
      layer={(width) => {
        const x = logAxis(xEnds.low, xEnds.high, left, width - right)
        const y = logAxis(yEnds.low, yEnds.high, height - bottom, top)
        return (
          <>
            <MarkLayer
              label={title}
              count={sorted.length}
              at={sorted.findIndex(({ key }) => key === selected)}
              words={(at) => `${sorted[at]!.label}: ${sorted[at]!.words}`}
              onMove={(at) => onSelect(sorted[at]!.key)}
              x={left}
              y={top}
              width={width - left - right}
              height={height - bottom - top}
            />
            <g aria-hidden onPointerLeave={() => onHover(null)}>
              {sorted.map((point) => (
                <circle
                  key={point.key}
                  className={isBound(point) ? styles.memory : styles.compute}
                  data-on={point.key === selected || undefined}
                  data-hovered={point.key === hovered || undefined}
                  cx={x.of(point.intensity)}
                  cy={y.of(point.macsPerSecond)}
                  r={3 + 14 * Math.sqrt(point.share)}
                  onClick={() => onSelect(point.key)}
                  onPointerEnter={() => onHover(point.key)}
                >
                  <title>{`${point.label}: ${point.words}`}</title>
                </circle>
              ))}
            </g>
          </>
        )
      }}
    >
      {(width) => {
        const x = logAxis(xEnds.low, xEnds.high, left, width - right)
        const y = logAxis(yEnds.low, yEnds.high, height - bottom, top)
        return (
          <>
            {y.ticks.map((tick) => (
              <g key={tick}>
                <line className={figureStyles.grid} x1={left} x2={width - right} y1={y.of(tick)} y2={y.of(tick)} />
                <text x={left - 8} y={y.of(tick) + 4} textAnchor="end">
                  {plainPower(tick / 1e9)}
                </text>
              </g>
            ))}
            {x.ticks.map((tick) => (
              <g key={tick}>
                <line className={figureStyles.grid} x1={x.of(tick)} x2={x.of(tick)} y1={top} y2={height - bottom} />
                <text x={x.of(tick)} y={height - bottom + 16} textAnchor="middle">
                  {plainPower(tick)}
                </text>
              </g>
            ))}
            <text x={width - right} y={height - 4} textAnchor="end">
              multiply-adds a byte, logarithmic
            </text>
            <text x={0} y={height - 4}>
              GMAC/s upwards, logarithmic
            </text>
            {machine === null || ridge === null ? null : (
              <>
                <path className={styles.roof} d={roof(machine, x, y)} />
                <line
                  className={styles.ridge}
                  x1={x.of(ridge)}
                  x2={x.of(ridge)}
                  y1={y.of(machine.macsPerSecond)}
                  y2={height - bottom}
                />
              </>
            )}
          </>
        )
      }}
    </Figure>
  )
}

type Axis = ReturnType<typeof logAxis>

/** The slope that memory allows, up to the ridge, and from there on the flat that arithmetic allows. */
function roof(machine: { readonly macsPerSecond: number; readonly bytesPerSecond: number }, x: Axis, y: Axis): string {
  const ridge = machine.macsPerSecond / machine.bytesPerSecond
  // The slope begins where it comes into the chart, at the left edge or at the lower one.
  const start = Math.max(x.low, y.low / machine.bytesPerSecond)
  const peak = y.of(machine.macsPerSecond)
  return `M${x.of(start)} ${y.of(start * machine.bytesPerSecond)}L${x.of(ridge)} ${peak}L${x.of(x.high)} ${peak}`
}

/** 0.01, 0.1, 1, 10: powers of ten without an exponent while they are short. */
function plainPower(value: number): string {
  if (value >= 1e6 || value < 1e-4) return value.toExponential(0).replace('+', '')
  return String(Number(value.toPrecision(3)))
}
