import { binStart, binsPerOctave } from '../../contract/exponent-histogram'
import type { FloatFormat } from '../../contract/number-formats'
import type { ExponentHistogram } from '../../contract/precision-results'
import { superscript } from '../ui/format'
import { Figure } from './figure'
import figure from './figure.module.css'
import styles from './exponent-bars.module.css'

interface ExponentBarsProps {
  readonly title: string
  readonly note: string
  readonly histogram: ExponentHistogram
  /** What the numbers are multiplied by before they are stored. */
  readonly scale: number
  /** Whose windows are drawn under the bars. */
  readonly windows: readonly FloatFormat[]
}

const barsHeight = 88
const laneHeight = 18
const axis = 20

/** Where a tensor's numbers lie by powers of two, and which of them each format can hold. */
export function ExponentBars({ title, note, histogram, scale, windows }: ExponentBarsProps) {
  const octaves = octaveCounts(histogram)
  const shift = Math.log2(scale)
  const first = histogram.firstExponent + shift
  const low = Math.floor(Math.min(first, -30))
  const high = Math.ceil(Math.max(first + octaves.length, 18))
  const most = Math.max(1, ...octaves)
  const lanesTop = barsHeight + 4
  const height = lanesTop + windows.length * laneHeight + axis
  return (
    <Figure
      title={title}
      note={note}
      height={height}
      summary={`Sizes from 2^${Math.round(first)} to 2^${Math.round(first + octaves.length)}, ${histogram.zeros} zeros`}
      table={{
        head: ['From', 'Numbers'],
        rows: octaves.map((count, octave) => [binStart(histogram, octave * binsPerOctave), count]),
      }}
    >
      {(width) => {
        const left = 76
        const xOf = (exponent: number) => left + ((exponent - low) / (high - low)) * (width - left)
        const pitch = (width - left) / (high - low)
        return (
          <>
            <line className={figure.base} x1={left} x2={width} y1={barsHeight} y2={barsHeight} />
            {octaves.map((count, octave) => {
              // Tails of a few numbers are what overflows: a square root keeps them in sight.
              const size = Math.sqrt(count / most) * (barsHeight - 4)
              return count === 0 ? null : (
                <rect
                  key={octave}
                  className={styles.bar}
                  x={xOf(first + octave) + 0.5}
                  width={Math.max(1, pitch - 1)}
                  y={barsHeight - Math.max(1, size)}
                  height={Math.max(1, size)}
                />
              )
            })}
            {windows.map((format, lane) => (
              <Window
                key={format.name}
                format={format}
                top={lanesTop + lane * laneHeight}
                xOf={xOf}
                low={low}
                high={high}
              />
            ))}
            {ticksOf(low, high).map((exponent) => (
              <text key={exponent} x={xOf(exponent)} y={height - 6} textAnchor="middle">
                2{superscript(exponent)}
              </text>
            ))}
          </>
        )
      }}
    </Figure>
  )
}

interface WindowProps {
  readonly format: FloatFormat
  readonly top: number
  readonly xOf: (exponent: number) => number
  readonly low: number
  readonly high: number
}

/** From the smallest subnormal to the largest number; the subnormals, which have fewer bits, are hatched. */
function Window({ format, top, xOf, low, high }: WindowProps) {
  const clamp = (exponent: number) => xOf(Math.min(high, Math.max(low, exponent)))
  const [subnormal, normal, end] = [format.smallestSubnormal, format.smallestNormal, format.largest].map((value) =>
    clamp(Math.log2(value)),
  ) as [number, number, number]
  return (
    <g>
      <text x={0} y={top + 11}>
        {format.label.replace('FP8 ', '')}
      </text>
      <rect
        className={styles.subnormal}
        x={subnormal}
        width={Math.max(0, normal - subnormal)}
        y={top + 3}
        height={9}
        rx={2}
      />
      <rect className={styles.normal} x={normal} width={Math.max(0, end - normal)} y={top + 3} height={9} rx={2} />
    </g>
  )
}

function octaveCounts({ counts }: ExponentHistogram): readonly number[] {
  const octaves: number[] = new Array<number>(Math.ceil(counts.length / binsPerOctave)).fill(0)
  counts.forEach((count, bin) => {
    octaves[Math.floor(bin / binsPerOctave)]! += count
  })
  return octaves
}

function ticksOf(low: number, high: number): readonly number[] {
  const step = Math.ceil((high - low) / 5)
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step)
}
