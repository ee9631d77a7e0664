// How much to draft, so that tokens per millisecond come out highest.
//
// Tokens per millisecond is a ratio, tokens / time. With R its best value, one more drafted token is worth its cost exactly where
// (probability that it is accepted) > R * (milliseconds that it adds): the rule of fractional programming (Dinkelbach 1967).
// R is the rate that the run reaches, so the rule sharpens itself as the run goes. A length 0 comes out where speculation loses.

import { AcceptanceRecord } from './acceptance-record'
import type { DraftOutcome, DraftPlan } from './draft-plan'
import { byValue, keepBest, pathValues } from './draft-plan'
import { DraftStanding, roundWeight } from './draft-standing'
import type { DraftNode, DraftTree } from './draft-tree'
import type { VerifyCost } from './verify-cost'

/** Drafts that may go unchecked before one is checked all the same. */
const patience = 6
/** Steps that are weighed together before drafting ends. */
const lookAhead = 3
/** The way of strategies that have only one. */
const onlyWay = ''

export class AdaptivePlan implements DraftPlan {
  readonly adapts = true
  readonly #verify: VerifyCost
  readonly #record: AcceptanceRecord
  readonly #most: number
  readonly #standings = new Map<string, DraftStanding>()
  /** Running means over rounds; their ratio is R. */
  #tokens = 1
  #milliseconds: number
  /** Drafts in a row that were not worth checking. */
  #unchecked = 0

  /**
   * @param options.most deepest draft
   * @param options.drawn whether the strategy draws its tokens at random
   */
  constructor(verify: VerifyCost, options: { readonly most: number; readonly drawn: boolean }) {
    this.#verify = verify
    this.#most = options.most
    this.#record = new AcceptanceRecord(options.drawn)
    this.#milliseconds = Math.max(verify.rows(1), 1e-6)
  }

  of(way: string): DraftPlan {
    return {
      adapts: true,
      price: this.#price(way),
      of: (inner) => this.of(inner),
      begin: () => this.#standing(way).begin(),
      extend: (depth, survival) => this.#extend(this.#standing(way), depth, survival),
      edge: (node) => this.edge(node),
      prune: (tree, maxNodes) => this.prune(tree, maxNodes),
      observe: (outcome) => {
        this.observe({ ...outcome, way })
      },
    }
  }

  get price(): number {
    return this.#price(onlyWay)
  }

  begin(): boolean {
    return this.#standing(onlyWay).begin()
  }

  extend(depth: number, survival: number): boolean {
    return this.#extend(this.#standing(onlyWay), depth, survival)
  }

  edge(node: DraftNode): number {
    return this.#record.estimate(node)
  }

  /** The most valuable nodes, as many as make (their values - R * the rows' cost) largest: the cost curve may have steps. */
  prune(tree: DraftTree, maxNodes: number): DraftTree {
    const values = pathValues(tree, this)
    let best = 0
    let bestWorth = 0
    let sum = 0
    byValue(values)
      .slice(0, maxNodes)
      .forEach((node, index) => {
        sum += values[node - 1] ?? 0
        const worth = sum - this.#rate() * (this.#verify.rows(index + 2) - this.#verify.rows(1))
        if (worth > bestWorth) {
          bestWorth = worth
          best = index + 1
        }
      })
    if (best === 0 && tree.length > 0 && maxNodes > 0) {
      // What is never checked is never learned about: now and then the likeliest node gets its chance.
      this.#unchecked += 1
      if (this.#unchecked > patience) best = 1
    }
    if (best > 0) this.#unchecked = 0
    return keepBest(tree, values, best)
  }

  observe(outcome: DraftOutcome): void {
    const { tree, drafted, examined, emitted, draftMilliseconds, verifyMilliseconds, rows, steps } = outcome
    const standing = this.#standing(outcome.way ?? onlyWay)
    if (verifyMilliseconds !== null) this.#verify.observe(rows, verifyMilliseconds)
    standing.observeSteps(steps, draftMilliseconds)
    this.#record.fade()
    for (const each of this.#standings.values()) each.fade()
    for (const [number, acceptance] of examined) {
      const node = tree[number - 1]
      if (node !== undefined) this.#record.observe(node, acceptance)
    }
    standing.observeNodes(tree, examined)
    const plain = this.#verify.rows(1)
    const spent = standing.steps(steps) + this.#verify.rows(rows)
    this.#tokens += roundWeight * (emitted - this.#tokens)
    this.#milliseconds += roundWeight * (spent - this.#milliseconds)
    if (!drafted || (steps === 0 && tree.length === 0)) return
    standing.observeGain(emitted - 1 - (spent - plain) / plain)
  }

  #extend(standing: DraftStanding, depth: number, survival: number): boolean {
    if (depth > this.#most) return false
    if (depth === 1) return true
    // A step that does not pay by itself may lead to others that do: the cost curve has steep and flat parts.
    let worth = 0
    let reached = survival
    for (let ahead = 1; ahead <= lookAhead; ahead += 1) {
      reached *= standing.depth(depth + ahead - 1)
      const added = standing.step + this.#verify.rows(depth + ahead) - this.#verify.rows(depth + ahead - 1)
      worth += reached - this.#rate() * added
      if (worth > 0) return true
    }
    return false
  }

  #price(way: string): number {
    return this.#rate() * this.#standing(way).steps(1)
  }

  #standing(way: string): DraftStanding {
    const known = this.#standings.get(way) ?? new DraftStanding()
    this.#standings.set(way, known)
    return known
  }

  #rate(): number {
    return Math.max(1 / this.#verify.rows(1), this.#tokens / this.#milliseconds)
  }
}
