import type { Origin } from '../../../../contract/speculation'
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

/** The same of some rounds alone: how far their drafts survived, and how many accepted each length. */
export function statisticsOfRounds(trace: RunTrace, rounds: ReadonlySet<number>) {
  const some = roundsOf(trace).filter((_, index) => rounds.has(index))
  return {
    survival: acceptanceStatistics(some).survival,
    lengths: acceptedLengths(some).map((length) => length.rounds),
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

/** Places where a draft was judged, by the target's entropy there in bits. */
export const entropyBins = once((trace) => {
  const bins = entropyEdges.map((from, index) => ({
    from,
    to: entropyEdges[index + 1] ?? Infinity,
    accepted: 0,
    examined: 0,
  }))
  for (const round of roundsOf(trace)) {
    const passed = new Set(round.nodes.filter(({ verdict }) => verdict === 'accepted').map(({ parent }) => parent))
    const judged = new Set(round.nodes.filter(({ verdict }) => verdict !== 'unreached').map(({ parent }) => parent))
    for (const { node, entropy } of round.rows) {
      if (!judged.has(node)) continue
      const bits = entropy / Math.LN2
      const bin = bins.findLast(({ from }) => bits >= from)
      if (bin === undefined) continue
      bin.examined += 1
      if (passed.has(node)) bin.accepted += 1
    }
  }
  return bins
})
