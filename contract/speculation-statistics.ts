import type { Calibration, Round, Run } from './speculation'

// Numbers about acceptance, computed from a trace alone, so that the window, the command line and a saved file agree.
// Names follow vLLM and the papers; reference: Leviathan et al. 2023 (arXiv 2211.17192), section 3.

export interface AcceptanceStatistics {
  /** Rounds that drafted something, and those that had nothing to offer. */
  readonly rounds: number
  readonly roundsWithoutDraft: number
  readonly tokens: number
  /** Drafted nodes, of which accepted. */
  readonly drafted: number
  readonly accepted: number
  /** Accepted over drafted; falls with the draft length by construction. Null where nothing was drafted. */
  readonly acceptanceRate: number | null
  /** Accepted over examined (accepted + refused): alpha of the geometric model. */
  readonly examinedAcceptanceRate: number | null
  /** Share of drafting rounds that accepted at least i + 1 tokens, with the number of rounds that drafted so deep. */
  readonly survival: readonly { readonly accepted: number; readonly rounds: number }[]
  /** Accepted drafts of a drafting round, the target's own token not counted. */
  readonly meanAcceptedLength: number
  /** Tokens for each forward of the target, all rounds. Plain decoding gives 1. */
  readonly tokensPerForward: number
  /** Drafted and not accepted. */
  readonly wasted: number
  readonly milliseconds: Readonly<Record<'draft' | 'verify' | 'sample' | 'commit', number>>
  readonly tokensPerSecond: number
}

const acceptedOf = (round: Round): number => round.emitted.filter(({ origin }) => origin === 'accepted').length

/** Statistics of the first rounds of a run, or of all of them. */
export function acceptanceStatistics(rounds: readonly Round[]): AcceptanceStatistics {
  const milliseconds = { draft: 0, verify: 0, sample: 0, commit: 0 }
  const survival: { accepted: number; rounds: number }[] = []
  let drafting = 0
  let tokens = 0
  let drafted = 0
  let accepted = 0
  let refused = 0
  for (const round of rounds) {
    for (const stage of ['draft', 'verify', 'sample', 'commit'] as const)
      milliseconds[stage] += round.milliseconds[stage]
    tokens += round.emitted.length
    if (round.nodes.length === 0) continue
    drafting += 1
    drafted += round.nodes.length
    const length = acceptedOf(round)
    accepted += length
    // A tree's refused siblings make one refusal: the path ended there.
    if (round.nodes.some(({ verdict }) => verdict === 'refused') && round.emitted.at(-1)?.origin === 'corrected')
      refused += 1
    for (let depth = 1; depth <= round.draftLength; depth += 1) {
      const place = (survival[depth - 1] ??= { accepted: 0, rounds: 0 })
      place.rounds += 1
      if (length >= depth) place.accepted += 1
    }
  }
  const total = milliseconds.draft + milliseconds.verify + milliseconds.sample + milliseconds.commit
  return {
    rounds: drafting,
    roundsWithoutDraft: rounds.length - drafting,
    tokens,
    drafted,
    accepted,
    acceptanceRate: drafted === 0 ? null : accepted / drafted,
    examinedAcceptanceRate: accepted + refused === 0 ? null : accepted / (accepted + refused),
    survival,
    meanAcceptedLength: drafting === 0 ? 0 : accepted / drafting,
    tokensPerForward: rounds.length === 0 ? 0 : tokens / rounds.length,
    wasted: drafted - accepted,
    milliseconds,
    tokensPerSecond: total === 0 ? 0 : (1000 * tokens) / total,
  }
}

/** Expected tokens of a round of gamma drafted tokens, each accepted with probability alpha (Leviathan, equation 1). */
export function expectedTokens(alpha: number, gamma: number): number {
  return alpha >= 1 ? gamma + 1 : (1 - alpha ** (gamma + 1)) / (1 - alpha)
}

/** Milliseconds of a forward over any number of rows, between the measured ones by straight lines. */
export function verifyMilliseconds(verify: Calibration['verify'], rows: number): number {
  const points = [...verify].sort((a, b) => a.rows - b.rows)
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined) throw new RangeError('A calibration has at least one measured forward')
  const above = points.find((point) => point.rows >= rows) ?? last
  const below = points.filter((point) => point.rows <= rows).at(-1) ?? first
  if (above.rows === below.rows) return below.milliseconds
  const share = (rows - below.rows) / (above.rows - below.rows)
  return below.milliseconds + share * (above.milliseconds - below.milliseconds)
}

/**
 * Speed-up that theory predicts for chains of gamma drafted tokens: E / (gamma c + v(gamma + 1)) with measured costs, and
 * E / (gamma c + 1), which takes verification as free (Leviathan, theorem 3.8).
 */
export function predictedSpeedup(
  calibration: Pick<Calibration, 'verify'>,
  draftMilliseconds: number,
  alpha: number,
  gamma: number,
): { honest: number; optimist: number } {
  const one = verifyMilliseconds(calibration.verify, 1)
  const drafting = (gamma * draftMilliseconds) / one
  const expected = expectedTokens(alpha, gamma)
  return {
    honest: expected / (drafting + verifyMilliseconds(calibration.verify, gamma + 1) / one),
    optimist: expected / (drafting + 1),
  }
}

/** Tokens per second over plain decoding's, where both were measured in the same race. */
export function speedup(run: Run, plain: Run | undefined): number | null {
  if (plain === undefined || run.milliseconds === 0 || plain.tokens === 0 || run.tokens === 0) return null
  return run.tokens / run.milliseconds / (plain.tokens / plain.milliseconds)
}

/** A measured run in one sentence. */
export function verdict(run: Run, plain: Run | undefined): { factor: number | null; sentence: string } {
  const statistics = acceptanceStatistics(run.rounds)
  const factor = speedup(run, plain)
  const facts =
    statistics.acceptanceRate === null
      ? 'nothing was drafted'
      : `${Math.round(100 * statistics.acceptanceRate)} % accepted, ${statistics.tokensPerForward.toFixed(1)} tokens a round`
  if (run.strategy.name === 'plain') return { factor: 1, sentence: 'The baseline: one token a round.' }
  if (factor === null) return { factor, sentence: `Not measured against plain decoding yet: ${facts}.` }
  if (factor >= 1.02) return { factor, sentence: `${factor.toFixed(2)} times faster: ${facts}.` }
  if (factor > 0.98) return { factor, sentence: `No faster than plain decoding: ${facts}.` }
  return {
    factor,
    sentence: `Slower here (${factor.toFixed(2)} times): turn it off, because ${reasonForLoss(run, statistics)}.`,
  }
}

function reasonForLoss(run: Run, statistics: AcceptanceStatistics): string {
  if (statistics.rounds === 0) return 'it found nothing to draft in this text'
  const { draft, verify, sample, commit } = statistics.milliseconds
  const share = draft / (draft + verify + sample + commit)
  if (share > 0.3) return `drafting takes ${Math.round(100 * share)} % of the time`
  if (statistics.meanAcceptedLength < 0.5)
    return `most drafts are refused (${Math.round(100 * (statistics.acceptanceRate ?? 0))} % accepted)`
  return `checking ${(statistics.drafted / statistics.rounds).toFixed(0)} drafted tokens costs more than the ${statistics.meanAcceptedLength.toFixed(1)} accepted save`
}

/** Wilson's interval of a share, at 95 % unless told: honest for small counts and near 0 and 1, where a plain one is not. */
export function wilsonInterval(successes: number, trials: number, z = 1.96): { low: number; high: number } {
  if (trials === 0) return { low: 0, high: 1 }
  const share = successes / trials
  const scale = 1 + (z * z) / trials
  const centre = (share + (z * z) / (2 * trials)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/** Drafting rounds by how many drafted tokens they accepted, from 0; `whole` counts those whose draft passed whole. */
export function acceptedLengths(rounds: readonly Round[]): { readonly rounds: number; readonly whole: number }[] {
  const lengths: { rounds: number; whole: number }[] = []
  for (const round of rounds) {
    if (round.nodes.length === 0) continue
    const length = acceptedOf(round)
    while (lengths.length <= Math.max(length, round.draftLength)) lengths.push({ rounds: 0, whole: 0 })
    const place = lengths[length]!
    place.rounds += 1
    if (round.emitted.at(-1)?.origin === 'bonus') place.whole += 1
  }
  return lengths
}
