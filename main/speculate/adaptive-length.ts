// How much to draft, so that tokens per millisecond come out highest.
//
// Tokens per millisecond is a ratio, tokens / time. With R its best value, one more drafted token is worth its cost exactly where
// (probability that it is accepted) > R * (milliseconds that it adds): the rule of fractional programming (Dinkelbach 1967).
// R is the rate that the run reaches, so the rule sharpens itself as the run goes. A length 0 comes out where speculation loses.

import { AcceptanceRecord } from './acceptance-record'
import type { DraftOutcome, DraftPlan } from './draft-plan'
import { byValue, keepBest, pathValues } from './draft-plan'
import type { DraftNode, DraftTree } from './draft-tree'
import type { VerifyCost } from './verify-cost'

/** Weight of the newest round in the running rate and gain. */
const weight = 0.06
/** Rounds without a draft before the first probe, and the most. */
const shortestPause = 3
const longestPause = 24
/** Drafts that may go unchecked before one is checked all the same. */
const patience = 6
/** Stands for acceptance at depths that no round has reached. */
const depthPrior = 0.6
const depthPriorWeight = 4
const depthMemory = 0.98
/** Steps that are weighed together before drafting ends. */
const lookAhead = 3
/** Below this a few good probes could not bring drafting back. */
const lowestGain = -0.25

export class AdaptivePlan implements DraftPlan {
  readonly adapts = true
  readonly #verify: VerifyCost
  readonly #record: AcceptanceRecord
  readonly #most: number
  /** Running means over rounds; their ratio is R. */
  #tokens = 1
  #milliseconds: number
  /** Tokens gained by drafting over a plain round, running; it starts high so that a strategy gets its chance. */
  #gain = 0.2
  #pause = shortestPause
  #skipped = 0
  /** Drafts in a row that were not worth checking. */
  #unchecked = 0
  /** Milliseconds of one drafting step, running; null before the first. */
  #step: number | null = null
  /** By depth: examined and accepted. */
  readonly #depths: ({ examined: number; accepted: number } | undefined)[] = []

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

  begin(): boolean {
    if (this.#gain > 0) return true
    this.#skipped += 1
    if (this.#skipped <= this.#pause) return false
    this.#skipped = 0
    return true
  }

  extend(depth: number, survival: number): boolean {
    if (depth > this.#most) return false
    if (depth === 1) return true
    // A step that does not pay by itself may lead to others that do: the cost curve has steep and flat parts.
    let worth = 0
    let reached = survival
    for (let ahead = 1; ahead <= lookAhead; ahead += 1) {
      reached *= this.#depth(depth + ahead - 1)
      const added = (this.#step ?? 0) + this.#verify.rows(depth + ahead) - this.#verify.rows(depth + ahead - 1)
      worth += reached - this.#rate() * added
      if (worth > 0) return true
    }
    return false
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
    if (verifyMilliseconds !== null) this.#verify.observe(rows, verifyMilliseconds)
    if (steps > 0) {
      const step = draftMilliseconds / steps
      this.#step = this.#step === null ? step : this.#step + weight * (Math.min(step, 3 * this.#step) - this.#step)
    }
    this.#fade()
    this.#observeNodes(tree, examined)
    const plain = this.#verify.rows(1)
    const spent = (this.#step ?? 0) * steps + this.#verify.rows(rows)
    this.#tokens += weight * (emitted - this.#tokens)
    this.#milliseconds += weight * (spent - this.#milliseconds)
    if (!drafted || (steps === 0 && tree.length === 0)) return
    const gain = emitted - 1 - (spent - plain) / plain
    this.#gain = Math.max(lowestGain, this.#gain + weight * (gain - this.#gain))
    this.#pause = this.#gain > 0 ? shortestPause : Math.min(longestPause, 2 * this.#pause)
  }

  #rate(): number {
    return Math.max(1 / this.#verify.rows(1), this.#tokens / this.#milliseconds)
  }

  #observeNodes(tree: DraftTree, examined: ReadonlyMap<number, number>): void {
    const byDepth = new Map<number, number>()
    for (const [number, acceptance] of examined) {
      const node = tree[number - 1]
      if (node === undefined) continue
      this.#record.observe(node, acceptance)
      // At most one of the siblings is accepted: their probabilities add up to that of going one deeper.
      byDepth.set(node.depth, (byDepth.get(node.depth) ?? 0) + acceptance)
    }
    for (const [depth, acceptance] of byDepth) {
      const tally = (this.#depths[depth] ??= { examined: 0, accepted: 0 })
      tally.examined += 1
      tally.accepted += Math.min(1, acceptance)
    }
  }

  /** Where a depth has little record, it is believed to be like the one before. */
  #depth(depth: number): number {
    let estimate = depthPrior
    for (let at = 1; at <= depth; at += 1) {
      const tally = this.#depths[at] ?? { examined: 0, accepted: 0 }
      estimate = (tally.accepted + depthPriorWeight * estimate) / (tally.examined + depthPriorWeight)
    }
    return estimate
  }

  /** Old records fade, also of what is no longer tried, so that it is tried again. */
  #fade(): void {
    this.#record.fade()
    for (const tally of this.#depths) {
      if (tally === undefined) continue
      tally.examined *= depthMemory
      tally.accepted *= depthMemory
    }
  }
}
