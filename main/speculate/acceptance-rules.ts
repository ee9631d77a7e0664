// The rules that decide about drafted tokens. p is the target's distribution after the sampler chain, q the one that a drafted
// token was really drawn from. Every rule here but `isTypical` leaves the output distributed exactly as p.

import { draw, normalised, probabilityOf, type Distribution } from '../text/distribution'
import type { DraftNode } from './draft-tree'

/** A residual that sums to less is rounding: p and q are the same, and p itself is drawn from. */
const leastResidual = 1e-12

/** What happens after one row of the target: a child that is accepted, or the target's own token. */
export type Choice =
  { readonly accepted: number; readonly token: number } | { readonly accepted: null; readonly token: number }

/**
 * Decides among the children of a node.
 *
 * Children that were drawn come first, in order: x passes with probability min(1, p(x) / q(x)), and after a refusal p becomes
 * norm(max(0, p - q)) (Leviathan et al. 2023, arXiv 2211.17192, section 2.3; several siblings: SpecInfer, arXiv 2305.09781, section
 * 4.3). Then y is drawn from what p has become; a chosen child that equals y is accepted, and otherwise y is the target's own token:
 * the same law as accepting each with probability p(x) over the mass left, in fewer steps.
 *
 * One number is used for each drawn child that is looked at, and one for y. Without drawn children it is one a token, so a draft
 * of chosen tokens gives the very text that plain decoding gives with the same seed.
 */
export function chooseChild(
  p: Distribution,
  children: readonly { readonly id: number; readonly node: Pick<DraftNode, 'token' | 'drawnFrom'> }[],
  uniform: () => number,
): Choice {
  let left = p
  for (const { id, node } of children) {
    if (node.drawnFrom === null) continue
    if (passes(left, node.drawnFrom, node.token, uniform())) return { accepted: id, token: node.token }
    left = residual(left, node.drawnFrom)
  }
  const token = draw(left, uniform())
  const found = children.find(({ node }) => node.drawnFrom === null && node.token === token)
  return { accepted: found?.id ?? null, token }
}

/** Whether u < p(x) / q(x), without the division. */
export function passes(p: Distribution, q: Distribution, token: number, uniform: number): boolean {
  return uniform * probabilityOf(q, token) < probabilityOf(p, token)
}

/** norm(max(0, p - q)); p itself where nothing is left. */
export function residual(p: Distribution, q: Distribution): Distribution {
  const weights = new Float64Array(p.ids.length)
  let sum = 0
  // Both lists of ids ascend: one pass over each.
  let other = 0
  for (let place = 0; place < weights.length; place += 1) {
    const id = p.ids[place]!
    while (other < q.ids.length && q.ids[other]! < id) other += 1
    const taken = q.ids[other] === id ? q.probabilities[other]! : 0
    const weight = Math.max(0, p.probabilities[place]! - taken)
    weights[place] = weight
    sum += weight
  }
  return sum <= leastResidual ? p : normalised(p.ids, weights)
}

/** The probability that `chooseChild` accepts a lone child: min(1, p / q) where it was drawn, p where it was chosen. */
export function acceptanceOf(p: Distribution, { token, drawnFrom }: Pick<DraftNode, 'token' | 'drawnFrom'>): number {
  const probability = probabilityOf(p, token)
  if (drawnFrom === null) return probability
  return Math.min(1, probability / probabilityOf(drawnFrom, token))
}

/** Medusa's own names and defaults: typical acceptance's hard threshold and its factor on exp(-entropy). */
export interface TypicalSettings {
  readonly posteriorThreshold: number
  readonly posteriorAlpha: number
}
export const typicalDefaults: TypicalSettings = { posteriorThreshold: 0.09, posteriorAlpha: 0.3 }

/**
 * Medusa's typical acceptance (arXiv 2401.10774, section 2.3.1): p(x) > min(threshold, alpha exp(-H(p))). Above temperature 0 it
 * changes the distribution.
 */
export function isTypical(p: Distribution, token: number, settings: TypicalSettings = typicalDefaults): boolean {
  let entropy = 0
  for (const probability of p.probabilities) entropy -= probability * Math.log(probability)
  const { posteriorThreshold, posteriorAlpha } = settings
  return probabilityOf(p, token) > Math.min(posteriorThreshold, posteriorAlpha * Math.exp(-entropy))
}
