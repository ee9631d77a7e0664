import type { DraftNode } from './draft-tree'

interface Tally {
  accepted: number
  examined: number
}

/** How many examined nodes the first guess counts for. */
const priorWeight = 3
/** Each new node makes the older ones of its group count less: texts change. */
const memory = 0.985
/** A guess about tokens that come without a probability. */
const unknownPrior = 0.6
const confidenceBins = 10

/**
 * How often the target accepts nodes like a given one, given that it accepted the parent: by who guessed it, and by the drafter's
 * own confidence (or by depth, where it has none). EAGLE-2 (arXiv 2406.16858, section 4.1) found confidence a good predictor.
 */
export class AcceptanceRecord {
  readonly #tallies = new Map<string, Tally>()
  /** Whether drafted tokens are drawn: then a token's probability does not say how likely it is to pass. */
  readonly #drawn: boolean

  constructor(drawn: boolean) {
    this.#drawn = drawn
  }

  estimate(node: DraftNode): number {
    const tally = this.#tallies.get(this.#group(node))
    const prior = node.probability === null || this.#drawn ? unknownPrior : Math.min(0.98, node.probability)
    return ((tally?.accepted ?? 0) + priorWeight * prior) / ((tally?.examined ?? 0) + priorWeight)
  }

  /** @param acceptance 0 or 1 at temperature 0, otherwise the probability: it tells more than the draw */
  observe(node: DraftNode, acceptance: number): void {
    const group = this.#group(node)
    const tally = this.#tallies.get(group) ?? { accepted: 0, examined: 0 }
    tally.accepted = memory * tally.accepted + acceptance
    tally.examined = memory * tally.examined + 1
    this.#tallies.set(group, tally)
  }

  #group({ source, probability, depth }: DraftNode): string {
    const bin = probability === null ? 'none' : Math.min(confidenceBins - 1, Math.floor(probability * confidenceBins))
    return `${source} ${bin} ${depth <= 2 ? depth : depth <= 4 ? 3 : 4}`
  }
}
