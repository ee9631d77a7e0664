import { wilsonInterval, verdict, type AcceptanceStatistics } from '../../../../contract/speculation-statistics'
import type { RunTrace } from './run-trace'
import { runOf } from './run-trace'
import { statisticsOf } from './statistics-of'

export interface RunVerdict {
  readonly tone: 'faster' | 'even' | 'slower' | 'unmeasured' | 'baseline'
  readonly factor: number | null
  /** What the factor means, to stand beside it. */
  readonly meaning: string
  /** Why, or what stands out. */
  readonly reason: string
}

/** A run's verdict for people. Without a measured baseline there is none. */
export function runVerdict(run: RunTrace, plain: RunTrace | undefined): RunVerdict {
  const statistics = statisticsOf(run)
  if (run.strategy.name === 'plain' && run.result !== null)
    return {
      tone: 'baseline',
      factor: 1,
      meaning: 'the baseline',
      reason: 'One token a round. The others are measured against it.',
    }
  if (plain === undefined || run.result === null) {
    const isBaseline = run.strategy.name === 'plain'
    return {
      tone: 'unmeasured',
      factor: null,
      meaning: isBaseline
        ? 'Measuring the baseline'
        : run.result === null
          ? 'Not over yet'
          : 'Baseline not measured yet',
      reason: 'A speed-up is told once plain decoding and the run have both ended.',
    }
  }
  const { factor, sentence } = verdict(runOf(run), runOf(plain))
  if (factor === null) return { tone: 'unmeasured', factor, meaning: 'Not measured', reason: sentence }
  if (factor >= 1.02) return { tone: 'faster', factor, meaning: 'faster than plain', reason: standsOut(statistics) }
  if (factor > 0.98) return { tone: 'even', factor, meaning: 'as fast as plain', reason: standsOut(statistics) }
  return { tone: 'slower', factor, meaning: 'slower than plain', reason: lossReason(sentence) }
}

/** The contract's sentence begins with the factor, which stands beside it already. */
function lossReason(sentence: string): string {
  const advice = sentence.replace(/^[^:]*:\s*/, '')
  return advice.charAt(0).toUpperCase() + advice.slice(1)
}

/** The one thing about acceptance that is worth saying: where it leaves the theory, or that it follows it. */
function standsOut({
  survival,
  examinedAcceptanceRate: alpha,
  rounds,
  roundsWithoutDraft,
}: AcceptanceStatistics): string {
  if (rounds === 0) return 'Nothing was drafted in this text.'
  if (roundsWithoutDraft > rounds)
    return `It had nothing to offer in ${roundsWithoutDraft} of ${rounds + roundsWithoutDraft} rounds; the others carried it.`
  if (alpha === null) return ''
  const below = placesWhere(survival, (high, _low, expected) => high < expected, alpha)
  if (below.length > 0) return `Acceptance falls below theory at ${positions(below)}: a shorter draft may do as well.`
  const above = placesWhere(survival, (_high, low, expected) => low > expected, alpha)
  if (above.length > 0) return `Acceptance holds above theory at ${positions(above)}: a longer draft may do better.`
  return 'Acceptance follows the geometric theory.'
}

function placesWhere(
  survival: AcceptanceStatistics['survival'],
  test: (high: number, low: number, expected: number) => boolean,
  alpha: number,
): number[] {
  return survival.flatMap(({ accepted, rounds }, index) => {
    const { low, high } = wilsonInterval(accepted, rounds)
    return test(high, low, alpha ** (index + 1)) ? [index + 1] : []
  })
}

function positions(places: readonly number[]): string {
  if (places.length === 1) return `position ${places[0]}`
  return `positions ${places.slice(0, -1).join(', ')} and ${places.at(-1)}`
}
