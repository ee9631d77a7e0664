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
 * A chain, one token after the other.
 * @param guess what the drafter thinks comes after a token that it drafted, or after the root (null)
 */
export async function draftChain(
  context: DraftContext,
  source: (depth: number) => string,
  guess: (previous: number | null) => Promise<Guess>,
): Promise<DraftTree> {
  const { plan, maxDepth } = context
  const nodes: DraftNode[] = []
  let survival = 1
  for (let depth = 1; depth <= maxDepth && plan.extend(depth, survival); depth += 1) {
    const choice = nextToken(await guess(nodes.at(-1)?.token ?? null), context)
    const node = { parent: depth - 1, depth, rank: 0, source: source(depth), ...choice }
    nodes.push(node)
    survival *= plan.edge(node)
  }
  return nodes
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
