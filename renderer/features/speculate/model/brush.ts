import type { RunTrace } from './run-trace'
import { acceptanceByRound, entropyBins, judgedByRound } from './statistics-of'

/** What a chart's axis counts: rounds in their order, the drafted tokens that a round accepted, or bins of the target's entropy. */
export type BrushAxis = 'round' | 'length' | 'entropy'

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
  acceptanceByRound(trace).forEach((_, round) => {
    if (placesOf(trace, axis, round).some((place) => place >= low && place <= high)) rounds.add(round)
  })
  return { run, axis, from: low, to: high, rounds }
}

/** Where a round stands on an axis. One that drafted nothing has no accepted length; one that drafted has been judged at several places. */
function placesOf(trace: RunTrace, axis: BrushAxis, round: number): readonly number[] {
  if (axis === 'round') return [round]
  if (axis === 'entropy') return judgedByRound(trace)[round]!.map(({ bin }) => bin)
  const { accepted, draftLength } = acceptanceByRound(trace)[round]!
  return draftLength === 0 ? [] : [accepted]
}

/** "12 of 58 rounds: 4 to 15", "9 of 58 rounds: 3 to 4 accepted", "20 of 58 rounds: judged at 0.5 to 1.5 bits". */
export function brushWords(brush: Brush, trace: RunTrace): string {
  return `${brush.rounds.size} of ${trace.roundCount} rounds: ${axisWords(brush, trace)}`
}

function axisWords({ axis, from, to }: Brush, trace: RunTrace): string {
  if (axis === 'round') return from === to ? `round ${from + 1}` : `${from + 1} to ${to + 1}`
  if (axis === 'length') return from === to ? `${from} accepted` : `${from} to ${to} accepted`
  const bins = entropyBins(trace)
  const end = bins[to]!.to
  return `judged at ${bins[from]!.from} ${Number.isFinite(end) ? `to ${end} bits` : 'bits or more'}`
}
