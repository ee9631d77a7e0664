import type { Origin, Round } from '../../../../contract/speculation'
import {
  acceptedLengths,
  acceptanceStatistics,
  type AcceptanceStatistics,
} from '../../../../contract/speculation-statistics'
import { roundsOf, type RunTrace } from './run-trace'

function once<Value>(compute: (trace: RunTrace) => Value): (trace: RunTrace) => Value {
  const known = new WeakMap<RunTrace, Value>()
  return (trace) => {
    if (!known.has(trace)) known.set(trace, compute(trace))
    return known.get(trace)!
  }
}

/** Statistics of a run, counted once for each state of it. */
export const statisticsOf: (trace: RunTrace) => AcceptanceStatistics = once((trace) =>
  acceptanceStatistics(roundsOf(trace)),
)

/** The same of some rounds alone: how many accepted each length, and how the target's doubt went with acceptance. */
export function statisticsOfRounds(trace: RunTrace, rounds: ReadonlySet<number>) {
  const some = roundsOf(trace).filter((_, index) => rounds.has(index))
  return {
    ...acceptanceStatistics(some),
    roundCount: some.length,
    lengths: acceptedLengths(some).map((length) => length.rounds),
    entropies: binned(some.map(judgedPlaces)),
  }
}

export const lengthsOf = once((trace) => acceptedLengths(roundsOf(trace)))

/** Tokens by origin, and rounds whose first guess was refused. */
export const originCounts = once((trace) => {
  const counts: Record<Origin, number> = { accepted: 0, corrected: 0, bonus: 0, plain: 0 }
  for (let index = 0; index < trace.tokenCount; index += 1) counts[trace.tokens[index]!.origin] += 1
  return counts
})

/** What each round accepted, for the chart over time. */
export const acceptanceByRound = once((trace) =>
  roundsOf(trace).map((round) => ({
    accepted: round.emitted.filter(({ origin }) => origin === 'accepted').length,
    draftLength: round.draftLength,
  })),
)

const entropyEdges = [0, 0.5, 1, 1.5, 2, 3]

/** A place where a draft was judged. bin: of the target's entropy there. */
interface JudgedPlace {
  readonly bin: number
  readonly isAccepted: boolean
}

function judgedPlaces({ nodes, rows }: Round): readonly JudgedPlace[] {
  const passed = new Set(nodes.filter(({ verdict }) => verdict === 'accepted').map(({ parent }) => parent))
  const judged = new Set(nodes.filter(({ verdict }) => verdict !== 'unreached').map(({ parent }) => parent))
  return rows
    .filter(({ node }) => judged.has(node))
    .map(({ node, entropy }) => ({
      bin: Math.max(
        0,
        entropyEdges.findLastIndex((from) => entropy / Math.LN2 >= from),
      ),
      isAccepted: passed.has(node),
    }))
}

/** Of each round, the places where its drafts were judged. */
export const judgedByRound = once((trace) => roundsOf(trace).map(judgedPlaces))

/** Judged places by the target's entropy there in bits. */
export const entropyBins = once((trace) => binned(judgedByRound(trace)))

function binned(rounds: readonly (readonly JudgedPlace[])[]) {
  const bins = entropyEdges.map((from, index) => ({
    from,
    to: entropyEdges[index + 1] ?? Infinity,
    accepted: 0,
    examined: 0,
  }))
  for (const { bin, isAccepted } of rounds.flat()) {
    bins[bin]!.examined += 1
    if (isAccepted) bins[bin]!.accepted += 1
  }
  return bins
}
