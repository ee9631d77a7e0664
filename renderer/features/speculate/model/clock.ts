import type { RunTrace } from './run-trace'
import { durationOf } from './run-trace'

// The replay has one clock for all runs, in milliseconds from the start of decoding.

/** First index of a rising list whose value is above the one given; the list's counted length where none is. */
export function firstAbove(values: readonly number[], count: number, value: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! > value) high = middle
    else low = middle + 1
  }
  return low
}

/** Rounds that have ended by then. */
export function roundsBy(trace: RunTrace, time: number): number {
  return firstAbove(trace.ends, trace.roundCount, time + tolerance)
}

/** The round that has ended last by then; the first where none has. -1 for a run without rounds. */
export function roundAt(trace: RunTrace, time: number): number {
  return trace.roundCount === 0 ? -1 : Math.max(0, roundsBy(trace, time) - 1)
}

/** When a round ends, which is when its tokens are there. */
export function timeOf(trace: RunTrace, round: number): number {
  return trace.ends[Math.max(0, Math.min(trace.roundCount - 1, round))] ?? 0
}

/** Tokens that are there by then. */
export function tokensBy(trace: RunTrace, time: number): number {
  const rounds = roundsBy(trace, time)
  return rounds >= trace.roundCount ? trace.tokenCount : (trace.firstTokens[rounds] ?? 0)
}

/** How long the slowest run takes. */
export function raceDuration(runs: readonly RunTrace[]): number {
  return runs.reduce((longest, run) => Math.max(longest, durationOf(run)), 0)
}

/** Sums of measured times carry rounding errors, which must not leave the last round unplayed. */
const tolerance = 1e-6
