import { useState, type PointerEvent } from 'react'
import { Figure, Key } from './figure'
import figure from './figure.module.css'
import styles from './lines.module.css'

export interface LineSeries {
  readonly label: string
  readonly colour: string
  readonly xs: readonly number[]
  /** Null where nothing was measured, or it was not finite: the line breaks there. */
  readonly ys: readonly (number | null)[]
  readonly isDashed?: boolean
}

interface LinesProps {
  readonly title: string
  readonly note: string
  readonly xName: string
  readonly series: readonly LineSeries[]
  readonly isLogarithmic?: boolean
  readonly height?: number
  /** How a value is written beside the axis and under the pointer. */
  readonly format?: (value: number) => string
  readonly hasLegend?: boolean
}

const [left, top, foot] = [48, 8, 24]
const short = (value: number) => Number(value.toPrecision(3)).toString()

/** Quantities over a run: lines on one axis, with what each was at the pointer. */
export function Lines(props: LinesProps) {
  const { title, note, xName, series, isLogarithmic = false, height = 168, format = short, hasLegend = true } = props
  const [at, setAt] = useState<number | null>(null)
  const known = series.flatMap(({ ys }) => ys.filter((y): y is number => y !== null && (!isLogarithmic || y > 0)))
  const lastX = Math.max(1, ...series.flatMap(({ xs }) => xs))
  const [low, high] = rangeOf(known, isLogarithmic)
  const place = (value: number) => (isLogarithmic ? Math.log10(value) : value)
  const bottom = height - foot
  const yOf = (value: number) => bottom - ((place(value) - place(low)) / (place(high) - place(low))) * (bottom - top)
  const nearest = ({ xs, ys }: LineSeries) => {
    if (at === null) return null
    let best = 0
    xs.forEach((x, index) => {
      if (Math.abs(x - at) < Math.abs(xs[best]! - at)) best = index
    })
    return ys[best] ?? null
  }
  return (
    <Figure
      title={title}
      note={at === null ? note : `${xName} ${Math.round(at)}`}
      legend={
        hasLegend
          ? series.map((one) => {
              const value = nearest(one)
              return (
                <Key key={one.label} mark={one.colour}>
                  {one.label}
                  {at === null ? '' : ` ${value === null ? '–' : format(value)}`}
                </Key>
              )
            })
          : undefined
      }
      height={height}
      summary={series.map(({ label, ys }) => `${label}: ends at ${words(ys.at(-1), format)}`).join('; ')}
      table={{
        head: [xName, ...series.map(({ label }) => label)],
        rows: (series[0]?.xs ?? []).map((x, index) => [x, ...series.map(({ ys }) => words(ys[index], format))]),
      }}
      layer={(width) => (
        <rect
          x={left}
          width={Math.max(0, width - left)}
          y={0}
          height={bottom}
          fill="transparent"
          onPointerMove={(event: PointerEvent<SVGRectElement>) => {
            const area = event.currentTarget.getBoundingClientRect()
            setAt(((event.clientX - area.left) / area.width) * lastX)
          }}
          onPointerLeave={() => setAt(null)}
        />
      )}
    >
      {(width) => {
        const xOf = (x: number) => left + (x / lastX) * (width - left)
        return (
          <>
            {ticksOf(low, high, isLogarithmic).map((value) => (
              <g key={value}>
                <line className={figure.grid} x1={left} x2={width} y1={yOf(value)} y2={yOf(value)} />
                <text x={0} y={yOf(value) + 4}>
                  {format(value)}
                </text>
              </g>
            ))}
            {series.map((one) => (
              <path
                key={one.label}
                className={styles.line}
                style={{ stroke: one.colour, ...(one.isDashed === true ? { strokeDasharray: '4 3' } : {}) }}
                d={pathOf(one, xOf, yOf, isLogarithmic)}
              />
            ))}
            {at === null ? null : <line className={styles.at} x1={xOf(at)} x2={xOf(at)} y1={top} y2={bottom} />}
            <text x={left} y={height - 6}>
              0
            </text>
            <text x={width} y={height - 6} textAnchor="end">
              {xName} {lastX}
            </text>
          </>
        )
      }}
    </Figure>
  )
}

function words(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? 'nothing' : format(value)
}

/** A little air around what there is. */
function rangeOf(values: readonly number[], isLogarithmic: boolean): readonly [number, number] {
  if (values.length === 0) return isLogarithmic ? [0.1, 10] : [0, 1]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (isLogarithmic) return [low / 1.2, Math.max(high, low * 1.5) * 1.2]
  return low === high ? [low - 1, high + 1] : [Math.min(0, low), high]
}

function ticksOf(low: number, high: number, isLogarithmic: boolean): readonly number[] {
  if (!isLogarithmic) return [low, (low + high) / 2, high]
  const [from, to] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))]
  return from > to
    ? [low, high]
    : Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index)).filter(
        (_, index) => index % Math.ceil((to - from + 1) / 4) === 0,
      )
}

function pathOf(
  { xs, ys }: LineSeries,
  xOf: (x: number) => number,
  yOf: (y: number) => number,
  isLogarithmic: boolean,
): string {
  let isOpen = false
  return xs
    .map((x, index) => {
      const y = ys[index]
      if (y === null || y === undefined || (isLogarithmic && y <= 0)) {
        isOpen = false
        return ''
      }
      const command = isOpen ? 'L' : 'M'
      isOpen = true
      return `${command}${xOf(x).toFixed(1)} ${yOf(y).toFixed(1)}`
    })
    .join('')
}
