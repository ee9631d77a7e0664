import { wilsonInterval } from '../../contract/speculation-statistics'
import { Figure, Key } from './figure'
import styles from './figure.module.css'

interface AcceptanceByPositionProps {
  /** Drafting rounds that accepted so many tokens or more, of those that drafted so deep. */
  readonly survival: readonly { readonly accepted: number; readonly rounds: number }[]
  /** Accepted over examined; null where nothing was drafted. */
  readonly alpha: number | null
  /** The same of the rounds that stand out. */
  readonly chosen: readonly { readonly accepted: number; readonly rounds: number }[] | null
}

const height = 132
const top = 8
const bottom = 92
const left = 32

function topOf(place: { readonly accepted: number; readonly rounds: number } | undefined): number {
  return place === undefined ? 0 : wilsonInterval(place.accepted, place.rounds).high
}

/** How far drafts survive, with the interval that so few rounds allow, beside what one constant rate would give. */
export function AcceptanceByPosition({ survival, alpha, chosen }: AcceptanceByPositionProps) {
  const share = ({ accepted, rounds }: (typeof survival)[number]) => (rounds === 0 ? 0 : accepted / rounds)
  const yOf = (value: number) => bottom - value * (bottom - top)
  const percent = (value: number) => `${Math.round(100 * value)}%`
  return (
    <Figure
      title="Acceptance by position"
      legend={<Key mark="theory">geometric theory</Key>}
      height={height}
      summary={`Share of rounds that accepted at least so many drafted tokens: ${survival.map((place, index) => `${index + 1}: ${percent(share(place))}`).join(', ')}`}
      table={{
        head: ['Position', 'Accepted', 'Rounds', 'Share', 'Geometric theory'],
        rows: survival.map((place, index) => [
          index + 1,
          place.accepted,
          place.rounds,
          percent(share(place)),
          alpha === null ? '' : percent(alpha ** (index + 1)),
        ]),
      }}
    >
      {(width) => {
        const pitch = (width - left) / Math.max(4, survival.length)
        const bar = Math.min(44, pitch * 0.5)
        const xOf = (index: number) => left + pitch * (index + 0.5)
        const isRoomy = pitch >= 52
        return (
          <>
            {[0, 0.5, 1].map((value) => (
              <g key={value}>
                <line
                  className={value === 0 ? styles.base : styles.grid}
                  x1={left}
                  x2={width}
                  y1={yOf(value)}
                  y2={yOf(value)}
                />
                <text x={0} y={yOf(value) + 4}>
                  {value === 1 ? '100%' : 100 * value}
                </text>
              </g>
            ))}
            {survival.map((place, index) => {
              const value = share(place)
              const { low, high } = wilsonInterval(place.accepted, place.rounds)
              const x = xOf(index)
              const isInside = value >= 0.2
              const above = alpha === null ? value : Math.max(value, alpha ** (index + 1), high)
              return (
                <g key={index}>
                  <rect
                    x={x - bar / 2}
                    width={bar}
                    y={yOf(value)}
                    height={bottom - yOf(value)}
                    rx={2}
                    fill="var(--tok-accepted)"
                    opacity={0.9}
                  />
                  <path className={styles.doubt} d={`M${x + bar / 2 - 8} ${yOf(high)}h6m-3 0V${yOf(low)}m-3 0h6`} />
                  {chosen?.[index] === undefined ? null : (
                    <rect
                      className={styles.chosen}
                      x={x - bar / 2}
                      width={bar}
                      y={yOf(share(chosen[index]))}
                      height={bottom - yOf(share(chosen[index]))}
                      rx={2}
                    />
                  )}
                  {bar >= 26 ? (
                    <text
                      x={x}
                      y={isInside ? bottom - 6 : yOf(above) - 7}
                      textAnchor="middle"
                      className={isInside ? styles.on : styles.strong}
                    >
                      {percent(value)}
                    </text>
                  ) : null}
                  <text x={x} y={bottom + 15} textAnchor="middle" className={styles.strong}>
                    {index + 1}
                  </text>
                  {isRoomy ? (
                    <text x={x} y={bottom + 31} textAnchor="middle">
                      {place.accepted} of {place.rounds}
                    </text>
                  ) : null}
                </g>
              )
            })}
            {alpha === null || survival.length === 0 ? null : (
              <>
                <polyline
                  className={styles.theory}
                  points={survival.map((_, index) => `${xOf(index)},${yOf(alpha ** (index + 1))}`).join(' ')}
                />
                {survival.map((_, index) => (
                  <circle key={index} className={styles.hollow} cx={xOf(index)} cy={yOf(alpha ** (index + 1))} r={3} />
                ))}
                <text
                  x={width}
                  y={Math.max(top + 8, yOf(Math.max(alpha ** survival.length, topOf(survival.at(-1)))) - 8)}
                  textAnchor="end"
                  fontStyle="italic"
                >
                  αⁱ, α = {alpha.toFixed(2)}
                </text>
              </>
            )}
          </>
        )
      }}
    </Figure>
  )
}
