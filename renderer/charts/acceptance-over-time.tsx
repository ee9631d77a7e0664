import { BrushLayer, type Brushing } from './brush-layer'
import { Figure, Key } from './figure'
import styles from './figure.module.css'

export interface RoundAcceptance {
  readonly accepted: number
  /** Depth to which the round drafted; 0 where it had nothing to offer. */
  readonly draftLength: number
}

interface AcceptanceOverTimeProps {
  readonly rounds: readonly RoundAcceptance[]
  /** The round the replay stands at. */
  readonly current: number
  /** Rounds that stand out. */
  readonly chosen: ReadonlySet<number> | null
  readonly brushing: Brushing
}

const height = 148
const top = 8
const bottom = 112
const left = 32
/** Weight of a new round in the running mean. */
const weight = 0.12

/** Each round's accepted tokens, their running mean, and the draft length that was chosen. */
export function AcceptanceOverTime({ rounds, current, chosen, brushing }: AcceptanceOverTimeProps) {
  const deepest = Math.max(1, ...sampled(rounds, 512).map(({ draftLength }) => draftLength))
  const means = runningMeans(rounds)
  const yOf = (value: number) => bottom - (value / deepest) * (bottom - top)
  const latest = means.at(-1) ?? 0
  return (
    <Figure
      title="Acceptance over time"
      note="accepted tokens a round"
      legend={
        <>
          <Key mark="var(--tok-accepted)">running mean</Key>
          <Key mark="var(--tok-corrected)">draft length</Key>
        </>
      }
      height={height}
      summary={`Accepted tokens of ${rounds.length} rounds; the running mean ends at ${latest.toFixed(1)} of at most ${deepest}`}
      table={{
        head: ['Rounds', 'Mean accepted', 'Mean draft length'],
        rows: tenths(rounds),
      }}
      layer={(width) => (
        <BrushLayer
          label="Choose rounds"
          words={(from, to) => (from === to ? `round ${from + 1}` : `rounds ${from + 1} to ${to + 1}`)}
          left={left}
          right={width}
          top={top}
          bottom={bottom}
          count={rounds.length}
          {...brushing}
        />
      )}
    >
      {(width) => {
        const xOf = (index: number) => left + (index / Math.max(1, rounds.length)) * (width - left)
        const columns = Math.min(rounds.length, Math.floor((width - left) / 2))
        const bars = columnsOf(rounds, columns)
        const step = (width - left) / Math.max(1, columns)
        return (
          <>
            {[0, deepest / 2, deepest].map((value) => (
              <g key={value}>
                <line
                  className={value === 0 ? styles.base : styles.grid}
                  x1={left}
                  x2={width}
                  y1={yOf(value)}
                  y2={yOf(value)}
                />
                <text x={0} y={yOf(value) + 4}>
                  {Number.isInteger(value) ? value : value.toFixed(1)}
                </text>
              </g>
            ))}
            {bars.map(({ accepted }, index) => (
              <rect
                key={index}
                className={styles.quiet}
                opacity={chosen === null ? 0.5 : isChosen(chosen, index, rounds.length, columns) ? 1 : 0.25}
                x={left + index * step}
                width={Math.max(1, step - 1)}
                y={yOf(accepted)}
                height={Math.max(0, bottom - yOf(accepted))}
              />
            ))}
            <path
              className={styles.steps}
              d={stepPath(
                bars,
                (index) => left + index * step,
                (value) => yOf(value),
              )}
            />
            <polyline
              className={styles.line}
              points={columnsOf(
                means.map((accepted) => ({ accepted, draftLength: 0 })),
                columns,
              )
                .map(({ accepted }, index) => `${(left + (index + 0.5) * step).toFixed(1)},${yOf(accepted).toFixed(1)}`)
                .join(' ')}
            />
            {current < 0 ? null : (
              <line className={styles.now} x1={xOf(current + 0.5)} x2={xOf(current + 0.5)} y1={top - 4} y2={bottom} />
            )}
            <text x={left} y={bottom + 16}>
              round 1
            </text>
            <text x={width} y={bottom + 16} textAnchor="end">
              {rounds.length}
            </text>
          </>
        )
      }}
    </Figure>
  )
}

/** Whether a column stands for one of the chosen rounds. */
function isChosen(chosen: ReadonlySet<number>, column: number, rounds: number, columns: number): boolean {
  const end = Math.floor(((column + 1) * rounds) / columns)
  for (let round = Math.floor((column * rounds) / columns); round < end; round += 1) if (chosen.has(round)) return true
  return false
}

function runningMeans(rounds: readonly RoundAcceptance[]): readonly number[] {
  let mean: number | null = null
  return rounds.map(({ accepted, draftLength }) => {
    // A round without a draft says nothing about acceptance.
    if (draftLength > 0) mean = mean === null ? accepted : mean + weight * (accepted - mean)
    return mean ?? 0
  })
}

/** Means over equal groups, so that there is never more to draw than there are pixels. */
function columnsOf(rounds: readonly RoundAcceptance[], columns: number): readonly RoundAcceptance[] {
  if (rounds.length <= columns) return rounds
  return Array.from({ length: columns }, (_, index) => {
    const group = rounds.slice(
      Math.floor((index * rounds.length) / columns),
      Math.floor(((index + 1) * rounds.length) / columns),
    )
    return meanOf(group)
  })
}

function meanOf(group: readonly RoundAcceptance[]): RoundAcceptance {
  const count = Math.max(1, group.length)
  return {
    accepted: group.reduce((sum, { accepted }) => sum + accepted, 0) / count,
    draftLength: group.reduce((sum, { draftLength }) => sum + draftLength, 0) / count,
  }
}

function sampled<Value>(values: readonly Value[], most: number): readonly Value[] {
  const every = Math.max(1, Math.ceil(values.length / most))
  return every === 1 ? values : values.filter((_, index) => index % every === 0)
}

function stepPath(
  bars: readonly RoundAcceptance[],
  xOf: (index: number) => number,
  yOf: (value: number) => number,
): string {
  return bars
    .map(
      ({ draftLength }, index) =>
        `${index === 0 ? 'M' : 'L'}${xOf(index).toFixed(1)} ${yOf(draftLength).toFixed(1)}H${xOf(index + 1).toFixed(1)}`,
    )
    .join('')
}

function tenths(rounds: readonly RoundAcceptance[]): readonly (readonly (string | number)[])[] {
  const size = Math.max(1, Math.ceil(rounds.length / 10))
  return Array.from({ length: Math.ceil(rounds.length / size) }, (_, index) => {
    const group = rounds.slice(index * size, (index + 1) * size)
    const mean = meanOf(group)
    return [
      `${index * size + 1} to ${index * size + group.length}`,
      mean.accepted.toFixed(2),
      mean.draftLength.toFixed(1),
    ]
  })
}
