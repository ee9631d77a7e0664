import { draw, probabilityOf } from '../text/distribution'
import { distributionOf } from '../text/sampler'
import type { DraftNode, DraftTree } from './draft-tree'
import type { DraftContext } from './strategy'

/** A drafter's view of the next token: its likeliest ids, highest first, with their logits. */
export interface Guess {
  readonly topIds: Int32Array
  readonly topValues: Float32Array
  /** Of all its logits. */
  readonly logSumExp: number
}

/**
 * A chain, one token after the other; `steps` counts the guesses.
 * @param guess what the drafter thinks comes after a token that it drafted, or after the root (null)
 * @param sides next best tokens of each guess that stand beside the chain as leaves: they cost rows, but no guess. They are left out
 *   where tokens are drawn, and where no plan weighs them against what a row costs.
 */
export async function draftChain(
  context: DraftContext,
  source: (depth: number) => string,
  guess: (previous: number | null) => Promise<Guess>,
  sides = 0,
): Promise<{ readonly tree: DraftTree; readonly steps: number }> {
  const { plan, maxDepth, drawWith } = context
  const mayBranch = drawWith === null && plan.adapts
  const nodes: DraftNode[] = []
  let survival = 1
  let parent = 0
  let steps = 0
  for (let depth = 1; depth <= maxDepth && plan.extend(depth, survival); depth += 1) {
    const answer = await guess(nodes[parent - 1]?.token ?? null)
    const place = { parent, depth, source: source(depth) }
    const node = { ...place, rank: 0, ...nextToken(answer, context) }
    nodes.push(node)
    steps += 1
    parent = nodes.length
    survival *= plan.edge(node)
    if (mayBranch) nodes.push(...nextBest(answer, sides).map((other) => ({ ...place, ...other })))
  }
  return { tree: nodes, steps }
}

function nextBest(
  { topIds, topValues, logSumExp }: Guess,
  count: number,
): Pick<DraftNode, 'rank' | 'token' | 'probability' | 'drawnFrom'>[] {
  return Array.from(topIds.subarray(1, 1 + count), (token, index) => ({
    rank: index + 1,
    token,
    probability: Math.exp(topValues[index + 1]! - logSumExp),
    drawnFrom: null,
  }))
}

/** The likeliest token, or one drawn from the top ones through the sampler chain: then just that is q. */
export function nextToken(
  guess: Guess,
  { drawWith, random }: Pick<DraftContext, 'drawWith' | 'random'>,
): Pick<DraftNode, 'token' | 'probability' | 'drawnFrom'> {
  const { topIds, topValues, logSumExp } = guess
  if (drawWith === null) {
    return { token: topIds[0]!, probability: Math.exp(topValues[0]! - logSumExp), drawnFrom: null }
  }
  const topK = Math.min(drawWith.topK === 0 ? topIds.length : drawWith.topK, topIds.length)
  const noPenalties = { repetitionPenalty: 1, presencePenalty: 0, frequencyPenalty: 0 }
  const drawnFrom = distributionOf({ ...guess, logits: null }, { ...drawWith, topK, ...noPenalties })
  const token = draw(drawnFrom, random())
  return { token, probability: probabilityOf(drawnFrom, token), drawnFrom }
}
