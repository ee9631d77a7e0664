import { powerOfTen } from '../ui/format'
import { Figure, Key } from './figure'
import figure from './figure.module.css'
import styles from './layer-errors.module.css'

export interface LayerErrorRow {
  readonly name: string
  readonly full: string
  /** Relative errors, one a series; null where it was not measured. */
  readonly values: readonly (number | null)[]
  readonly isChosen: boolean
  readonly choose: () => void
}

interface LayerErrorsProps {
  readonly title: string
  readonly note: string
  readonly series: readonly { readonly label: string; readonly colour: string }[]
  readonly rows: readonly LayerErrorRow[]
}

const rowHeight = 24
const left = 132
const right = 8
const axis = 22

/** Errors of layers on a logarithmic line, a dot a precision, so that they can be told apart over many powers of ten. */
export function LayerErrors({ title, note, series, rows }: LayerErrorsProps) {
  const values = rows.flatMap((row) => row.values).filter((value) => value !== null && value > 0) as number[]
  const low = Math.floor(Math.log10(Math.min(1e-1, ...values)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(1e-3, ...values))))
  const height = rows.length * rowHeight + axis
  return (
    <Figure
      title={title}
      note={note}
      legend={series.map(({ label, colour }) => (
        <Key key={label} mark={colour}>
          {label}
        </Key>
      ))}
      height={height}
      summary={`${rows.length} layers; errors from ${Math.min(...values, 1).toExponential(0)} to ${Math.max(...values, 0).toExponential(0)}`}
      table={{
        head: ['Layer', ...series.map(({ label }) => label)],
        rows: rows.map((row) => [row.full, ...row.values.map((value) => value?.toExponential(2) ?? 'not measured')]),
      }}
      layer={(width) => (
        <g>
          {rows.map((row, index) => (
            <rect
              key={row.full}
              className={styles.hit}
              data-chosen={row.isChosen || undefined}
              x={-8}
              width={width + 16}
              y={index * rowHeight}
              height={rowHeight}
              rx={4}
              role="button"
              tabIndex={0}
              aria-label={row.full}
              aria-pressed={row.isChosen}
              onClick={row.choose}
              onKeyDown={(event) => {
                if (event.key === 'Enter' || event.key === ' ') {
                  event.preventDefault()
                  row.choose()
                }
              }}
            >
              <title>{row.full}</title>
            </rect>
          ))}
        </g>
      )}
    >
      {(width) => {
        const xOf = (value: number) =>
          left + ((Math.log10(Math.max(value, 10 ** low)) - low) / (high - low)) * (width - left - right)
        const step = Math.max(1, Math.ceil((high - low) / 4))
        const ticks = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => low + i * step)
        return (
          <>
            {ticks.map((exponent) => (
              <g key={exponent}>
                <line
                  className={figure.grid}
                  x1={xOf(10 ** exponent)}
                  x2={xOf(10 ** exponent)}
                  y1={0}
                  y2={height - axis}
                />
                <text x={xOf(10 ** exponent)} y={height - 6} textAnchor="middle">
                  {powerOfTen(exponent)}
                </text>
              </g>
            ))}
            {rows.map((row, index) => {
              const y = index * rowHeight + rowHeight / 2
              const dots = row.values.map((value) => (value === null ? null : xOf(value)))
              const known = dots.filter((x) => x !== null)
              return (
                <g key={row.full}>
                  <text x={0} y={y + 4} className={row.isChosen ? figure.strong : ''}>
                    {row.name}
                  </text>
                  {known.length < 2 ? null : (
                    <line className={styles.span} x1={Math.min(...known)} x2={Math.max(...known)} y1={y} y2={y} />
                  )}
                  {dots.map((x, at) =>
                    x === null ? null : <circle key={at} cx={x} cy={y} r={4} style={{ fill: series[at]?.colour }} />,
                  )}
                </g>
              )
            })}
          </>
        )
      }}
    </Figure>
  )
}
