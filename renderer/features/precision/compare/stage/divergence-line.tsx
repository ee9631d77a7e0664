import { useState } from 'react'
import type { ComparedToken } from '../../../../../contract/precision-results'
import { Figure } from '../../../../charts/figure'
import figure from '../../../../charts/figure.module.css'
import styles from './divergence-line.module.css'

interface DivergenceLineProps {
  readonly tokens: readonly ComparedToken[]
  readonly name: string
}

const height = 56
const bottom = 40

/** How far a precision's distribution is from the reference's at each token of the reference's text. */
export function DivergenceLine({ tokens, name }: DivergenceLineProps) {
  const [at, setAt] = useState<number | null>(null)
  const most = Math.max(1e-6, ...tokens.map(({ divergence }) => divergence ?? 0))
  const shown = at === null ? null : tokens[at]
  return (
    <Figure
      title="Divergence token by token"
      note={shown === null || shown === undefined ? `nats, up to ${most.toPrecision(2)}` : tokenWords(shown)}
      height={height}
      summary={`Divergence of ${name} over ${tokens.length} tokens, at most ${most.toPrecision(2)} nats`}
      table={{
        head: ['Token', 'First choice', 'Probability', 'Divergence in nats'],
        rows: tokens.map(({ text, topText, probability, divergence }) => [
          text,
          topText,
          probability.toFixed(3),
          divergence === null ? 'not finite' : divergence.toPrecision(3),
        ]),
      }}
    >
      {(width) => {
        const pitch = width / Math.max(1, tokens.length)
        return (
          <>
            <line className={figure.base} x1={0} x2={width} y1={bottom} y2={bottom} />
            {tokens.map(({ divergence, top, token }, index) => {
              const size = divergence === null ? bottom : (bottom * divergence) / most
              return (
                <g key={index} onPointerEnter={() => setAt(index)} onPointerLeave={() => setAt(null)}>
                  <rect x={index * pitch} width={pitch} y={0} height={height} fill="transparent" />
                  <rect
                    className={styles.bar}
                    data-other={top !== token || undefined}
                    data-at={index === at || undefined}
                    x={index * pitch + 0.5}
                    width={Math.max(1, pitch - 1.5)}
                    y={bottom - size}
                    height={Math.max(1, size)}
                  />
                  {top === token ? null : (
                    <path className={styles.mark} d={`M${index * pitch + pitch / 2 - 3} ${bottom + 10}h6l-3 -6z`} />
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

function tokenWords({ text, topText, top, token, probability, divergence }: ComparedToken): string {
  const chance = `${(100 * probability).toFixed(1)}%`
  const far = divergence === null ? 'not finite' : `${divergence.toPrecision(2)} nats`
  return top === token
    ? `“${text}”: first choice here too, ${chance}, ${far}`
    : `“${text}”: here “${topText}” comes first, ${chance}, ${far}`
}
