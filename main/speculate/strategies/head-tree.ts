// Trees from heads that guess several places at once without seeing each other's guesses: Medusa (arXiv 2401.10774) and parallel
// multi-token prediction (arXiv 2404.19737).

import type { DraftNode, DraftTree } from '../draft-tree'
import type { DraftContext } from '../strategy'

/** What each head holds likely for its place, the first head for the token after the root. */
export interface HeadGuesses {
  readonly heads: number
  /** Ids for each head. */
  readonly count: number
  /** [heads, count], highest first. */
  readonly ids: Int32Array
  /** [heads, count]. */
  readonly logProbabilities: Float32Array
}

/** One node of a fixed tree: a path of ranks, one for each head. */
export type Choice = readonly number[]

/** The heads' guesses at given places of the tree; what lies deeper than `maxDepth`, or has no parent, is left out. */
export function treeOfChoices(guesses: HeadGuesses, choices: readonly Choice[], context: Limits): DraftTree {
  const tree: DraftNode[] = []
  const numbers = new Map<string, number>([['', 0]])
  for (const choice of choices) {
    const parent = numbers.get(choice.slice(0, -1).join())
    const rank = choice.at(-1)
    if (tree.length === context.maxNodes) break
    if (parent === undefined || rank === undefined || choice.length > depthLimit(guesses, context)) continue
    if (rank >= guesses.count) continue
    tree.push(nodeAt(guesses, { parent, depth: choice.length, rank }))
    numbers.set(choice.join(), tree.length)
  }
  return tree
}

/**
 * The nodes of the highest path value: from the best one so far come its first child and its next sibling (Medusa's own way to
 * build a tree, section 2.3.3, but in each round with the heads' confidence in it rather than once with their average accuracy).
 */
export function bestTree(guesses: HeadGuesses, context: Limits & Pick<DraftContext, 'plan'>): DraftTree {
  const tree: DraftNode[] = []
  const candidate = (parent: number, depth: number, rank: number, parentValue: number) => {
    const node = nodeAt(guesses, { parent, depth, rank })
    return { node, parentValue, value: parentValue * context.plan.edge(node) }
  }
  const frontier = [candidate(0, 1, 0, 1)]
  while (tree.length < context.maxNodes && frontier.length > 0) {
    let best = 0
    for (let at = 1; at < frontier.length; at += 1) if (frontier[at]!.value > frontier[best]!.value) best = at
    const { node, parentValue, value } = frontier.splice(best, 1)[0]!
    tree.push(node)
    if (node.rank + 1 < guesses.count) {
      frontier.push(candidate(node.parent, node.depth, node.rank + 1, parentValue))
    }
    if (node.depth < depthLimit(guesses, context)) frontier.push(candidate(tree.length, node.depth + 1, 0, value))
  }
  return tree
}

type Limits = Pick<DraftContext, 'maxDepth' | 'maxNodes'>

function depthLimit({ heads }: HeadGuesses, { maxDepth }: Limits): number {
  return Math.min(heads, maxDepth)
}

function nodeAt(
  { ids, logProbabilities, count }: HeadGuesses,
  place: Pick<DraftNode, 'parent' | 'depth' | 'rank'>,
): DraftNode {
  const at = (place.depth - 1) * count + place.rank
  return {
    ...place,
    token: ids[at]!,
    source: `head ${place.depth}`,
    probability: Math.exp(logProbabilities[at]!),
    drawnFrom: null,
  }
}
