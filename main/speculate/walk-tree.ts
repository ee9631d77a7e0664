import type { Strategy } from '../../contract/speculation'
import { draw, probabilityOf, type Distribution } from '../text/distribution'
import { acceptanceOf, chooseChild, isTypical } from './acceptance-rules'
import { childrenOf, pathTo, type DraftTree } from './draft-tree'

/** The outcome of checking a draft. */
export interface Walk {
  /** Accepted nodes, from the root's child down. */
  readonly path: readonly number[]
  /** The target's own token after the path. */
  readonly token: number
  /** For each node whose parent was reached, the target's probability of it after the sampler chain. */
  readonly probabilities: ReadonlyMap<number, number>
  /** For the same nodes, the probability with which the rule accepts it by itself. */
  readonly acceptances: ReadonlyMap<number, number>
}

/**
 * Walks from the root to where the target parts from the draft.
 * @param distributionAt the target's distribution after a node (0 is the root), its path counted in. Asked for nodes reached only
 * @param uniform seeded numbers in [0, 1), used in the order of the walk
 */
export function walkTree(
  tree: DraftTree,
  distributionAt: (node: number) => Distribution,
  uniform: () => number,
  acceptance: Strategy['acceptance'] = 'exact',
): Walk {
  return acceptance === 'exact'
    ? walkExactly(tree, distributionAt, uniform)
    : walkTypically(tree, distributionAt, uniform)
}

function walkExactly(tree: DraftTree, distributionAt: (node: number) => Distribution, uniform: () => number): Walk {
  const children = childrenOf(tree)
  const path: number[] = []
  const probabilities = new Map<number, number>()
  const acceptances = new Map<number, number>()
  for (let at = 0; ; at = path.at(-1) ?? 0) {
    const p = distributionAt(at)
    const candidates = (children[at] ?? []).map((id) => ({ id, node: tree[id - 1]! }))
    for (const { id, node } of candidates) {
      probabilities.set(id, probabilityOf(p, node.token))
      acceptances.set(id, acceptanceOf(p, node))
    }
    const choice = chooseChild(p, candidates, uniform)
    if (choice.accepted === null) return { path, token: choice.token, probabilities, acceptances }
    path.push(choice.accepted)
  }
}

/** The deepest path of typical tokens; of equally deep ones the likeliest (evaluate_posterior in FasterDecoding/Medusa). */
function walkTypically(tree: DraftTree, distributionAt: (node: number) => Distribution, uniform: () => number): Walk {
  const children = childrenOf(tree)
  const probabilities = new Map<number, number>()
  const acceptances = new Map<number, number>()
  let best = { node: 0, depth: 0, likelihood: 0 }
  const reached = [best]
  for (let next = reached.shift(); next !== undefined; next = reached.shift()) {
    if (next.depth > best.depth || (next.depth === best.depth && next.likelihood > best.likelihood)) best = next
    if (children[next.node]?.length === 0) continue
    const p = distributionAt(next.node)
    for (const id of children[next.node] ?? []) {
      const { token, depth } = tree[id - 1]!
      const accepted = isTypical(p, token)
      const probability = probabilityOf(p, token)
      probabilities.set(id, probability)
      acceptances.set(id, accepted ? 1 : 0)
      if (accepted) reached.push({ node: id, depth, likelihood: next.likelihood + Math.log(probability) })
    }
  }
  return {
    path: pathTo(tree, best.node),
    token: draw(distributionAt(best.node), uniform()),
    probabilities,
    acceptances,
  }
}
