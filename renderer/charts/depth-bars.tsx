import { Figure, Key } from './figure'
import figureStyles from './figure.module.css'
import styles from './depth-bars.module.css'
import { MarkLayer } from './mark-layer'

export interface DepthBar {
  readonly key: string
  readonly label: string
  /** From the bottom up; `kind` is an index into the kinds. */
  readonly parts: readonly { readonly kind: number; readonly value: number }[]
  readonly words: string
}

interface DepthBarsProps {
  readonly title: string
  readonly note: string
  readonly summary: string
  /** In the order in which they run. */
  readonly bars: readonly DepthBar[]
  readonly kinds: readonly { readonly name: string; readonly color: string }[]
  readonly formatValue: (value: number) => string
  readonly selected: string | null
  readonly hovered: string | null
  readonly height: number
  readonly onSelect: (key: string) => void
  readonly onHover: (key: string | null) => void
}

const left = 56
const top = 8
const bottom = 24

/** A stacked bar for each step from the input to the output: where along the depth the cost lies, and of which kind it is. */
export function DepthBars(props: DepthBarsProps) {
  const { title, note, summary, bars, kinds, formatValue, selected, hovered, height, onSelect, onHover } = props
  const most = Math.max(0, ...bars.map(totalOf))
  const y = (value: number) => height - bottom - (most === 0 ? 0 : (value / most) * (height - bottom - top))
  const base = height - bottom
  return (
    <Figure
      title={title}
      note={note}
      summary={summary}
      height={height}
      legend={kinds.map(({ name, color }) => (
        <Key key={name} mark={color}>
          {name}
        </Key>
      ))}
      table={{ head: ['Step', 'Figures'], rows: bars.map(({ label, words }) => [label, words]) }}
      layer={(width) => {
        const pitch = (width - left) / Math.max(1, bars.length)
        const bar = pitch > 4 ? pitch - Math.min(2, pitch * 0.2) : pitch
        return (
          <>
            <MarkLayer
              label={title}
              count={bars.length}
              at={bars.findIndex(({ key }) => key === selected)}
              words={(at) => `${bars[at]!.label}: ${bars[at]!.words}`}
              onMove={(at) => onSelect(bars[at]!.key)}
              x={left}
              y={top}
              width={width - left}
              height={base - top}
            />
            <g aria-hidden onPointerLeave={() => onHover(null)}>
              {bars.map((one, index) => (
                <g
                  key={one.key}
                  className={styles.bar}
                  data-on={one.key === selected || undefined}
                  data-hovered={one.key === hovered || undefined}
                  onClick={() => onSelect(one.key)}
                  onPointerEnter={() => onHover(one.key)}
                >
                  <title>{`${one.label}: ${one.words}`}</title>
                  <rect className={styles.column} x={left + index * pitch} y={top} width={pitch} height={base - top} />
                  {stacked(one).map(({ kind, from, to }, at) => (
                    <rect
                      key={at}
                      x={left + index * pitch}
                      width={bar}
                      y={y(to)}
                      height={Math.max(0.5, y(from) - y(to))}
                      rx={Math.min(2, bar / 4)}
                      fill={kinds[kind]?.color ?? 'var(--chart-2)'}
                    />
                  ))}
                </g>
              ))}
            </g>
          </>
        )
      }}
    >
      {(width) => (
        <>
          {[0, 0.5, 1].map((share) => (
            <g key={share}>
              <line
                className={share === 0 ? figureStyles.base : figureStyles.grid}
                x1={left}
                x2={width}
                y1={y(share * most)}
                y2={y(share * most)}
              />
              <text x={left - 8} y={y(share * most) + 4} textAnchor="end">
                {formatValue(share * most)}
              </text>
            </g>
          ))}
          <text x={left} y={height - 4}>
            input
          </text>
          <text x={width} y={height - 4} textAnchor="end">
            output
          </text>
        </>
      )}
    </Figure>
  )
}

function totalOf({ parts }: DepthBar): number {
  return parts.reduce((sum, { value }) => sum + value, 0)
}

function stacked({
  parts,
}: DepthBar): readonly { readonly kind: number; readonly from: number; readonly to: number }[] {
  let at = 0
  return parts
    .filter(({ value }) => value > 0)
    .map(({ kind, value }) => {
      const from = at
      at += value
      return { kind, from, to: at }
    })
}
