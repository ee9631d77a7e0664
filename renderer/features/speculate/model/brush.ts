import type { RunTrace } from './run-trace'
import { acceptanceByRound } from './statistics-of'

/** What a chart's axis counts: rounds in their order, or the drafted tokens that a round accepted. */
export type BrushAxis = 'round' | 'length'

/** Rounds that were chosen in one chart, to stand out in all views. */
export interface Brush {
  readonly run: number
  readonly axis: BrushAxis
  /** First and last place on the axis, both counted in. */
  readonly from: number
  readonly to: number
  readonly rounds: ReadonlySet<number>
}

export function brushOf(trace: RunTrace, run: number, axis: BrushAxis, from: number, to: number): Brush {
  const [low, high] = from <= to ? [from, to] : [to, from]
  const rounds = new Set<number>()
  acceptanceByRound(trace).forEach(({ accepted, draftLength }, round) => {
    // A round that drafted nothing has no accepted length.
    const place = axis === 'round' ? round : draftLength === 0 ? null : accepted
    if (place !== null && place >= low && place <= high) rounds.add(round)
  })
  return { run, axis, from: low, to: high, rounds }
}

/** "12 of 58 rounds: 4 to 15", "9 of 58 rounds: 3 or 4 accepted". */
export function brushWords({ axis, from, to, rounds }: Brush, count: number): string {
  const places =
    axis === 'round'
      ? from === to
        ? `round ${from + 1}`
        : `${from + 1} to ${to + 1}`
      : from === to
        ? `${from} accepted`
        : `${from} to ${to} accepted`
  return `${rounds.size} of ${count} rounds: ${places}`
}
