import type { DraftNode } from './draft-tree'

interface Tally {
  accepted: number
  examined: number
}

/** How many examined nodes the first guess counts for. */
const priorWeight = 3
/** Each round makes the older ones count less: texts change. */
const memory = 0.985
/** A guess about tokens that come without a probability. */
const unknownPrior = 0.6
const confidenceBins = 10

/** Nodes for which the belief that drafters know themselves counts. */
const trust = 6

/**
 * How often the target accepts nodes like a given one, given that it accepted the parent: by the drafter's own confidence (EAGLE-2,
 * arXiv 2406.16858, section 4.1, found it a good predictor), or by who guessed it where there is none, and by depth. Before a group
 * of nodes has a record of its own, the drafter is believed as far as it was right on the whole.
 */
export class AcceptanceRecord {
  readonly #tallies = new Map<string, Tally>()
  /** Whether drafted tokens are drawn: then a token's probability does not say how likely it is to pass. */
  readonly #drawn: boolean
  /** Accepted, and what would have been by first guesses. */
  #accepted = trust
  #promised = trust

  constructor(drawn: boolean) {
    this.#drawn = drawn
  }

  estimate(node: DraftNode): number {
    const tally = this.#tallies.get(this.#group(node))
    const prior = Math.min(0.98, (this.#prior(node) * this.#accepted) / this.#promised)
    return ((tally?.accepted ?? 0) + priorWeight * prior) / ((tally?.examined ?? 0) + priorWeight)
  }

  /** @param acceptance 0 or 1 at temperature 0, otherwise the probability: it tells more than the draw */
  observe(node: DraftNode, acceptance: number): void {
    const group = this.#group(node)
    const tally = this.#tallies.get(group) ?? { accepted: 0, examined: 0 }
    tally.accepted += acceptance
    tally.examined += 1
    this.#tallies.set(group, tally)
    this.#accepted = memory * this.#accepted + acceptance
    this.#promised = memory * this.#promised + this.#prior(node)
  }

  /** Makes what was observed before count a little less. Called once a round. */
  fade(): void {
    for (const tally of this.#tallies.values()) {
      tally.accepted *= memory
      tally.examined *= memory
    }
  }

  #prior({ probability }: DraftNode): number {
    return probability === null || this.#drawn ? unknownPrior : Math.min(0.98, probability)
  }

  #group({ source, probability, depth }: DraftNode): string {
    const who = probability === null ? source : Math.min(confidenceBins - 1, Math.floor(probability * confidenceBins))
    return `${who} ${depth <= 2 ? depth : depth <= 4 ? 3 : 4}`
  }
}
