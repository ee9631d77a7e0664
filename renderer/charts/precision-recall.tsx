import { Figure, Key } from './figure'
import styles from './precision-recall.module.css'

export interface PrecisionRecallLine {
  readonly key: string
  readonly label: string
  /** At recalls 0, 0.01 up to 1. */
  readonly precision: readonly number[]
  /** The threshold at which each recall is reached. */
  readonly scores: readonly number[]
  /** The line that is looked at; the others stand back. */
  readonly isMain: boolean
}

interface PrecisionRecallProps {
  readonly lines: readonly PrecisionRecallLine[]
  /** Where the slider stands. */
  readonly threshold: number
  readonly note: string
}

const height = 176
const top = 8
const bottom = 148
const left = 34

/** Precision over recall, with the point that the threshold stands for. */
export function PrecisionRecall({ lines, threshold, note }: PrecisionRecallProps) {
  const main = lines.find(({ isMain }) => isMain)
  const yOf = (precision: number) => bottom - precision * (bottom - top)
  const place = main === undefined ? -1 : main.scores.findLastIndex((score) => score >= threshold)
  const here = place < 0 || main === undefined ? null : { recall: place / 100, precision: main.precision[place]! }
  return (
    <Figure
      title="Precision and recall"
      note={note}
      height={height}
      legend={lines
        .filter(({ isMain }) => !isMain)
        .map(({ key, label }) => (
          <Key key={key} mark="var(--chart-2)">
            {label}
          </Key>
        ))}
      summary={
        here === null
          ? 'Precision over recall'
          : `At threshold ${threshold.toFixed(2)}: precision ${here.precision.toFixed(2)} at recall ${here.recall.toFixed(2)}`
      }
      table={{
        head: ['Recall', ...lines.map(({ label }) => label)],
        rows: [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((index) => [
          (index / 100).toFixed(1),
          ...lines.map(({ precision }) => precision[index]?.toFixed(3) ?? ''),
        ]),
      }}
    >
      {(width) => {
        const xOf = (recall: number) => left + recall * (width - left - 12)
        const path = (precision: readonly number[]) =>
          precision.map((value, index) => `${index === 0 ? 'M' : 'L'}${xOf(index / 100)} ${yOf(value)}`).join('')
        return (
          <>
            {[0, 0.5, 1].map((value) => (
              <g key={value}>
                <line
                  className={value === 0 ? styles.axis : styles.grid}
                  x1={left}
                  x2={width - 12}
                  y1={yOf(value)}
                  y2={yOf(value)}
                />
                <text x={left - 6} y={yOf(value) + 4} textAnchor="end">
                  {value.toFixed(1)}
                </text>
              </g>
            ))}
            {[0, 0.5, 1].map((value) => (
              <text key={value} x={xOf(value)} y={bottom + 16} textAnchor="middle">
                {value.toFixed(1)}
              </text>
            ))}
            <text x={xOf(0.25)} y={bottom + 16} textAnchor="middle">
              recall
            </text>
            {[...lines]
              .sort((a, b) => Number(a.isMain) - Number(b.isMain))
              .map(({ key, precision, isMain }) => (
                <path key={key} className={isMain ? styles.main : styles.other} d={path(precision)} />
              ))}
            {here === null ? null : (
              <>
                <circle className={styles.here} cx={xOf(here.recall)} cy={yOf(here.precision)} r={4.5} />
                <text
                  className={styles.label}
                  x={xOf(here.recall) + (here.recall > 0.6 ? -9 : 9)}
                  y={yOf(here.precision) + (here.precision > 0.85 ? 16 : -8)}
                  textAnchor={here.recall > 0.6 ? 'end' : 'start'}
                >
                  threshold {threshold.toFixed(2)}
                </text>
              </>
            )}
          </>
        )
      }}
    </Figure>
  )
}
