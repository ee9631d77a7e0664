import type { Origin, Round, Run, Strategy } from '../../../../contract/speculation'

/** A token of the output, with the place where its story is told. */
export interface TraceToken {
  readonly text: string
  readonly origin: Origin
  /** Index of its round. */
  readonly round: number
  /** Place among the tokens of its round. */
  readonly place: number
}

export type RunResult = Omit<Run, 'rounds'>

/**
 * One runner's rounds as the views read them. The lists grow in place, and each growth makes a new record around them: an
 * old record still tells the truth as far as its counts go, and nothing is copied while tokens stream in.
 */
export interface RunTrace {
  readonly strategy: Strategy
  readonly result: RunResult | null
  readonly rounds: readonly Round[]
  readonly roundCount: number
  readonly tokens: readonly TraceToken[]
  readonly tokenCount: number
  /** Milliseconds from the start of decoding to the end of each round. */
  readonly ends: readonly number[]
  /** Index of the first token of each round. */
  readonly firstTokens: readonly number[]
  /** The most tokens that one round gave, and the deepest draft. */
  readonly tallest: number
  readonly deepest: number
}

export function emptyTrace(strategy: Strategy): RunTrace {
  const lists = { rounds: [], tokens: [], ends: [], firstTokens: [] }
  return { strategy, result: null, ...lists, roundCount: 0, tokenCount: 0, tallest: 1, deepest: 0 }
}

export function roundMilliseconds({ milliseconds }: Round): number {
  return milliseconds.draft + milliseconds.verify + milliseconds.sample + milliseconds.commit
}

/** Appends rounds to the run's own lists. The record that is passed in must be the newest. */
export function appendRounds(trace: RunTrace, added: readonly Round[]): RunTrace {
  const rounds = trace.rounds as Round[]
  const tokens = trace.tokens as TraceToken[]
  const ends = trace.ends as number[]
  const firstTokens = trace.firstTokens as number[]
  let { tallest, deepest } = trace
  for (const round of added) {
    const index = rounds.length
    rounds.push(round)
    ends.push((ends.at(-1) ?? 0) + roundMilliseconds(round))
    firstTokens.push(tokens.length)
    round.emitted.forEach(({ text, origin }, place) => tokens.push({ text, origin, round: index, place }))
    tallest = Math.max(tallest, round.emitted.length)
    deepest = Math.max(deepest, round.draftLength)
  }
  return { ...trace, roundCount: rounds.length, tokenCount: tokens.length, tallest, deepest }
}

export function traceOf({ rounds, ...result }: Run): RunTrace {
  return { ...appendRounds(emptyTrace(result.strategy), rounds), result }
}

/** The rounds that the record stands for, for the statistics of the contract. */
export function roundsOf(trace: RunTrace): readonly Round[] {
  return trace.rounds.length === trace.roundCount ? trace.rounds : trace.rounds.slice(0, trace.roundCount)
}

/** A run as the contract knows it; one that is not over yet has what was measured so far. */
export function runOf(trace: RunTrace): Run {
  const rounds = [...roundsOf(trace)]
  if (trace.result !== null) return { ...trace.result, rounds }
  return {
    strategy: trace.strategy,
    text: '',
    tokens: trace.tokenCount,
    finishReason: 'cancelled',
    prefill: { target: 0, draft: 0 },
    milliseconds: durationOf(trace),
    lossless: true,
    sameAsPlain: null,
    rounds,
  }
}

/** Milliseconds of decoding so far. */
export function durationOf(trace: RunTrace): number {
  return trace.ends[trace.roundCount - 1] ?? 0
}
