import { BrushLayer, type Brushing } from './brush-layer'
import { Figure, Key } from './figure'
import styles from './figure.module.css'

interface AcceptedLengthsProps {
  /** Rounds by accepted tokens, from 0; `whole` of them passed whole and gave a bonus token. */
  readonly lengths: readonly { readonly rounds: number; readonly whole: number }[]
  readonly mean: number
  readonly alpha: number | null
  /** Of each length, how many rounds are among those that stand out. */
  readonly chosen: readonly number[] | null
  readonly brushing: Brushing
}

const height = 104
const top = 18
const bottom = 82
const left = 32

/** Rounds by the number of drafted tokens that they accepted. */
export function AcceptedLengths({ lengths, mean, alpha, chosen, brushing }: AcceptedLengthsProps) {
  const total = lengths.reduce((sum, { rounds }) => sum + rounds, 0)
  const deepest = lengths.length - 1
  const expected = lengths.map((_, length) => {
    if (alpha === null) return 0
    return total * alpha ** length * (length === deepest ? 1 : 1 - alpha)
  })
  const most = Math.max(1, ...lengths.map(({ rounds }) => rounds), ...expected)
  const yOf = (count: number) => bottom - (count / most) * (bottom - top)
  const none = lengths[0]?.rounds ?? 0
  return (
    <Figure
      title="Accepted length"
      note={`rounds, mean ${mean.toFixed(2)}${total === 0 ? '' : `, ${Math.round((100 * none) / total)}% none`}`}
      legend={<Key mark="var(--tok-bonus)">passed whole</Key>}
      height={height}
      summary={`Rounds by accepted tokens: ${lengths.map(({ rounds }, length) => `${length}: ${rounds}`).join(', ')}; mean ${mean.toFixed(2)}`}
      table={{
        head: ['Accepted', 'Rounds', 'Passed whole', 'Geometric theory'],
        rows: lengths.map(({ rounds, whole }, length) => [length, rounds, whole, expected[length]!.toFixed(1)]),
      }}
      layer={(width) => (
        <BrushLayer
          label="Choose rounds by accepted length"
          words={(from, to) => (from === to ? `${from} accepted` : `${from} to ${to} accepted`)}
          left={left}
          right={left + ((width - left) / Math.max(5, lengths.length)) * lengths.length}
          top={top - 10}
          bottom={bottom}
          count={lengths.length}
          {...brushing}
        />
      )}
    >
      {(width) => {
        const pitch = (width - left) / Math.max(5, lengths.length)
        const bar = Math.min(48, pitch * 0.62)
        return (
          <>
            <line className={styles.base} x1={left} x2={width} y1={bottom} y2={bottom} />
            {lengths.map(({ rounds, whole }, length) => {
              const x = left + pitch * (length + 0.5)
              const wholeTop = yOf(rounds)
              const partTop = yOf(rounds - whole)
              return (
                <g key={length}>
                  <rect
                    className={styles.quiet}
                    x={x - bar / 2}
                    width={bar}
                    y={partTop}
                    height={bottom - partTop}
                    rx={2}
                  />
                  {whole === 0 ? null : (
                    <rect
                      fill="var(--tok-bonus)"
                      x={x - bar / 2}
                      width={bar}
                      y={wholeTop}
                      height={Math.max(0, partTop - wholeTop - (rounds > whole ? 1 : 0))}
                      rx={2}
                    />
                  )}
                  {chosen === null || (chosen[length] ?? 0) === 0 ? null : (
                    <rect
                      className={styles.chosen}
                      x={x - bar / 2}
                      width={bar}
                      y={yOf(chosen[length]!)}
                      height={bottom - yOf(chosen[length]!)}
                      rx={2}
                    />
                  )}
                  {alpha === null ? null : (
                    <line
                      className={styles.theory}
                      x1={x - bar / 2 - 4}
                      x2={x + bar / 2 + 4}
                      y1={yOf(expected[length]!)}
                      y2={yOf(expected[length]!)}
                    />
                  )}
                  <text
                    className={styles.strong}
                    x={x}
                    y={Math.min(wholeTop, alpha === null ? wholeTop : yOf(expected[length]!)) - 5}
                    textAnchor="middle"
                  >
                    {rounds}
                  </text>
                  <text x={x} y={bottom + 15} textAnchor="middle">
                    {length}
                  </text>
                </g>
              )
            })}
          </>
        )
      }}
    </Figure>
  )
}
