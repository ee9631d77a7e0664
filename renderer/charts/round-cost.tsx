import { Figure, Key } from './figure'
import styles from './figure.module.css'

export interface StageMilliseconds {
  readonly draft: number
  readonly verify: number
  readonly sample: number
  readonly commit: number
}

interface RoundCostProps {
  readonly name: string
  /** Of which rounds, where not all are meant: "12 chosen rounds". */
  readonly note: string | null
  /** Mean of a round. */
  readonly milliseconds: StageMilliseconds
  readonly tokensPerRound: number
  /** What plain decoding takes for one token; null while it has not been measured. */
  readonly plainMilliseconds: number | null
}

const height = 104
const bar = 18

/** A round's time by stage, beside what plain decoding takes for the same tokens. */
export function RoundCost({ name, note, milliseconds, tokensPerRound, plainMilliseconds }: RoundCostProps) {
  const { draft, verify } = milliseconds
  const other = milliseconds.sample + milliseconds.commit
  const round = draft + verify + other
  const plain = plainMilliseconds === null ? null : plainMilliseconds * tokensPerRound
  const saved = plain === null ? null : plain - round
  const difference =
    saved === null ? '' : saved >= 0 ? `${saved.toFixed(1)} ms saved` : `${(-saved).toFixed(1)} ms lost`
  const parts = [
    { key: 'draft', label: 'draft', value: draft, fill: 'var(--tok-corrected)' },
    { key: 'verify', label: 'verify', value: verify, fill: 'var(--tok-accepted)' },
    { key: 'other', label: 'other', value: other, fill: 'var(--chart-2)' },
  ]
  return (
    <Figure
      title="Cost of a round"
      note={note}
      legend={parts.map(({ key, label, value, fill }) => (
        <Key key={key} mark={fill}>
          {label} {value.toFixed(1)}
        </Key>
      ))}
      height={height}
      summary={`One round takes ${round.toFixed(1)} ms for ${tokensPerRound.toFixed(2)} tokens${plain === null ? '; plain decoding is not measured yet' : `; plain decoding takes ${plain.toFixed(1)} ms for as many: ${difference}`}`}
      table={{
        head: ['Stage', 'Milliseconds a round'],
        rows: [
          ['Draft', draft.toFixed(2)],
          ['Verify', verify.toFixed(2)],
          ['Sample', milliseconds.sample.toFixed(2)],
          ['Commit', milliseconds.commit.toFixed(2)],
          [`Plain, ${tokensPerRound.toFixed(2)} tokens`, plain === null ? 'not measured yet' : plain.toFixed(2)],
        ],
      }}
    >
      {(width) => {
        const scale = width / Math.max(round, plain ?? 0, 1e-6)
        const starts = [0, draft, draft + verify]
        const roundEnd = round * scale
        const plainTokens = Math.ceil(tokensPerRound)
        return (
          <>
            <text className={styles.strong} x={0} y={10}>
              One {name} round
            </text>
            <text className={styles.strong} x={width} y={10} textAnchor="end">
              {round.toFixed(1)} ms
            </text>
            {parts.map(({ key, value, fill }, index) => (
              <rect
                key={key}
                x={starts[index]! * scale}
                width={Math.max(0, value * scale - 1)}
                y={18}
                height={bar}
                rx={2}
                fill={fill}
              />
            ))}
            {saved === null || saved <= 0 || width - roundEnd < 90 ? null : (
              <>
                <line
                  className={styles.theory}
                  x1={roundEnd + 6}
                  x2={width}
                  y1={18 + bar / 2}
                  y2={18 + bar / 2}
                  opacity={0.4}
                />
                <text
                  className={styles.good}
                  x={(roundEnd + width) / 2}
                  y={18 + bar / 2 + 4}
                  textAnchor="middle"
                  stroke="var(--panel)"
                  strokeWidth={8}
                  paintOrder="stroke"
                >
                  {difference}
                </text>
              </>
            )}
            <text x={0} y={62}>
              Plain, for the same {tokensPerRound.toFixed(2)} tokens
            </text>
            <text x={width} y={62} textAnchor="end" className={saved !== null && saved < 0 ? styles.bad : undefined}>
              {plain === null
                ? 'not measured yet'
                : `${plain.toFixed(1)} ms${saved! < 0 || width - roundEnd < 90 ? `, ${difference}` : ''}`}
            </text>
            {plain === null || plainMilliseconds === null
              ? null
              : Array.from({ length: plainTokens }, (_, index) => {
                  const part = Math.min(1, tokensPerRound - index)
                  return (
                    <rect
                      key={index}
                      className={styles.faint}
                      x={index * plainMilliseconds * scale}
                      width={Math.max(0, part * plainMilliseconds * scale - 1)}
                      y={70}
                      height={bar}
                      rx={2}
                    />
                  )
                })}
          </>
        )
      }}
    </Figure>
  )
}
