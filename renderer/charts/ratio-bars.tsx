import { Figure, Key } from './figure'
import figureStyles from './figure.module.css'

export interface RatioRow {
  readonly key: string
  readonly label: string
  /** Against one; null where it is not known. */
  readonly first: number | null
  readonly second: number | null
  /** The row tells something that is worth a look. */
  readonly isMarked: boolean
}

interface RatioBarsProps {
  readonly title: string
  readonly note: string
  readonly rows: readonly RatioRow[]
  readonly names: { readonly first: string; readonly second: string }
  readonly format: (ratio: number) => string
}

const left = 136
const right = 56
const pitch = 36
const foot = 22

/** Two ratios a row, one under the other, with the line at one that they are measured against. */
export function RatioBars({ title, note, rows, names, format }: RatioBarsProps) {
  const most = Math.max(1, ...rows.flatMap(({ first, second }) => [first ?? 0, second ?? 0]))
  const height = rows.length * pitch + foot
  return (
    <Figure
      title={title}
      note={note}
      height={height}
      legend={
        <>
          <Key mark="var(--chart-2)">{names.first}</Key>
          <Key mark="var(--c1)">{names.second}</Key>
        </>
      }
      summary={rows
        .map(
          ({ label, first, second }) =>
            `${label}: ${names.first} ${words(first, format)}, ${names.second} ${words(second, format)}`,
        )
        .join('; ')}
      table={{
        head: ['Form', names.first, names.second],
        rows: rows.map(({ label, first, second }) => [label, words(first, format), words(second, format)]),
      }}
    >
      {(width) => {
        const x = (ratio: number) => left + (ratio / most) * (width - left - right)
        return (
          <>
            <line className={figureStyles.base} x1={x(1)} x2={x(1)} y1={0} y2={rows.length * pitch} />
            <text x={x(1)} y={height - 6} textAnchor="middle">
              1×
            </text>
            <line className={figureStyles.base} x1={left} x2={left} y1={0} y2={rows.length * pitch} />
            {rows.map(({ key, label, first, second, isMarked }, index) => {
              const y = index * pitch
              return (
                <g key={key}>
                  <text className={isMarked ? figureStyles.bad : undefined} x={left - 10} y={y + 20} textAnchor="end">
                    {label}
                  </text>
                  {first === null ? null : (
                    <>
                      <rect
                        x={left}
                        y={y + 6}
                        width={Math.max(1, x(first) - left)}
                        height={8}
                        rx={2}
                        fill="var(--chart-2)"
                      />
                      <text x={x(first) + 6} y={y + 14}>
                        {format(first)}
                      </text>
                    </>
                  )}
                  {second === null ? null : (
                    <>
                      <rect
                        x={left}
                        y={y + 17}
                        width={Math.max(1, x(second) - left)}
                        height={8}
                        rx={2}
                        fill="var(--c1)"
                      />
                      <text className={figureStyles.strong} x={x(second) + 6} y={y + 25}>
                        {format(second)}
                      </text>
                    </>
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

function words(ratio: number | null, format: (ratio: number) => string): string {
  return ratio === null ? 'not measured' : format(ratio)
}
