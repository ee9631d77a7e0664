import { wilsonInterval } from '../../contract/speculation-statistics'
import { BrushLayer, type Brushing } from './brush-layer'
import { Figure } from './figure'
import styles from './figure.module.css'

export interface EntropyBin {
  /** Bits, from and below. */
  readonly from: number
  readonly to: number
  readonly accepted: number
  readonly examined: number
}

const height = 128
const top = 8
const bottom = 88
const left = 32

interface EntropyAcceptanceProps {
  readonly bins: readonly EntropyBin[]
  /** The same of the rounds that stand out. */
  readonly chosen: readonly EntropyBin[] | null
  readonly brushing: Brushing
}

/** Whether a draft was accepted, by how unsure the target was at that place. */
export function EntropyAcceptance({ bins, chosen, brushing }: EntropyAcceptanceProps) {
  const share = ({ accepted, examined }: EntropyBin) => (examined === 0 ? 0 : accepted / examined)
  const yOf = (value: number) => bottom - value * (bottom - top)
  const name = ({ from, to }: EntropyBin) => (Number.isFinite(to) ? `${from}–${to}` : `${from}+`)
  return (
    <Figure
      title="Acceptance by the target's doubt"
      note="entropy in bits"
      height={height}
      summary={`Share of accepted drafts by the entropy of the target: ${bins.map((bin) => `${name(bin)} bits: ${bin.examined === 0 ? 'none' : `${Math.round(100 * share(bin))}%`}`).join(', ')}`}
      table={{
        head: ['Entropy in bits', 'Accepted', 'Examined', 'Share'],
        rows: bins.map((bin) => [name(bin), bin.accepted, bin.examined, `${Math.round(100 * share(bin))}%`]),
      }}
      layer={(width) => (
        <BrushLayer
          label="Choose rounds by the target's doubt"
          words={(from, to) => `${bins[from]!.from}${Number.isFinite(bins[to]!.to) ? ` to ${bins[to]!.to}` : '+'} bits`}
          left={left}
          right={width}
          top={top}
          bottom={bottom}
          count={bins.length}
          {...brushing}
        />
      )}
    >
      {(width) => {
        const pitch = (width - left) / bins.length
        const bar = Math.min(44, pitch * 0.56)
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
            {bins.map((bin, index) => {
              const x = left + pitch * (index + 0.5)
              const { low, high } = wilsonInterval(bin.accepted, bin.examined)
              return (
                <g key={bin.from}>
                  <rect
                    x={x - bar / 2}
                    width={bar}
                    y={yOf(share(bin))}
                    height={bottom - yOf(share(bin))}
                    rx={2}
                    fill="var(--tok-accepted)"
                    opacity={0.9}
                  />
                  {chosen?.[index] === undefined || chosen[index].examined === 0 ? null : (
                    <rect
                      className={styles.chosen}
                      x={x - bar / 2}
                      width={bar}
                      y={yOf(share(chosen[index]))}
                      height={bottom - yOf(share(chosen[index]))}
                      rx={2}
                    />
                  )}
                  {bin.examined === 0 ? null : (
                    <path className={styles.doubt} d={`M${x + bar / 2 - 8} ${yOf(high)}h6m-3 0V${yOf(low)}m-3 0h6`} />
                  )}
                  <text className={styles.strong} x={x} y={bottom + 15} textAnchor="middle">
                    {name(bin)}
                  </text>
                  <text x={x} y={bottom + 31} textAnchor="middle">
                    {bin.examined === 0 ? '–' : `${bin.accepted} of ${bin.examined}`}
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
