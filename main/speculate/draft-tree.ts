// The shape of every draft. Chains are trees in which each node has one child.

import type { Distribution } from '../text/sampler'

/** One drafted token. Node 0 is the root, the last token emitted; drafted nodes count from 1, a parent before its children. */
export interface DraftNode {
  readonly parent: number
  readonly token: number
  /** 1 for a child of the root. */
  readonly depth: number
  /** Place among its siblings by the drafter's own measure, from 0. */
  readonly rank: number
  /** Who guessed it, for people: "head 2", "lookup 3-gram". */
  readonly source: string
  /** The drafter's probability of the token after its parent; null where it has none. */
  readonly probability: number | null
  /**
   * Where the token was drawn at random, the distribution that it was drawn from, exactly; siblings count as independent draws.
   * Null where the token was chosen, as a list of the likeliest is: then the token itself is all there is to know.
   */
  readonly drawnFrom: Distribution | null
}

/** Nodes 1 to N in order: node i is `tree[i - 1]`. Empty where there is nothing to draft. */
export type DraftTree = readonly DraftNode[]

/** Depth of the deepest node; 0 for an empty tree. */
export function treeDepth(tree: DraftTree): number {
  return tree.reduce((deepest, { depth }) => Math.max(deepest, depth), 0)
}

/** Whether every node follows the one before it. */
export function isChain(tree: DraftTree): boolean {
  return tree.every(({ parent }, index) => parent === index)
}

/** For each node, the root first, its children in order. */
export function childrenOf(tree: DraftTree): readonly (readonly number[])[] {
  const children: number[][] = Array.from({ length: tree.length + 1 }, () => [])
  tree.forEach(({ parent }, index) => {
    const siblings = children[parent]
    if (siblings === undefined || parent > index)
      throw new RangeError(`Node ${index + 1} comes before its parent ${parent}`)
    siblings.push(index + 1)
  })
  return children
}

/** Nodes from the root's child down to a node. Empty for the root. */
export function pathTo(tree: DraftTree, node: number): readonly number[] {
  const path: number[] = []
  for (let at = node; at > 0; at = tree[at - 1]?.parent ?? 0) path.push(at)
  return path.reverse()
}

/** Parents of the forward's rows, the root's row first, as ForwardRequest wants them. */
export function rowParents(tree: DraftTree): readonly number[] {
  return [-1, ...tree.map(({ parent }) => parent)]
}

/**
 * The nodes of a tree that a test keeps, with their numbers made consecutive. A node whose parent goes, goes too.
 */
export function pruneTree(tree: DraftTree, keeps: (node: number) => boolean): DraftTree {
  const kept: DraftNode[] = []
  const numbers = new Map([[0, 0]])
  tree.forEach((node, index) => {
    const parent = numbers.get(node.parent)
    if (parent === undefined || !keeps(index + 1)) return
    kept.push({ ...node, parent })
    numbers.set(index + 1, kept.length)
  })
  return kept
}

/** A chain of chosen tokens. */
export function chainOf(
  tokens: readonly number[],
  describe: (place: number) => Pick<DraftNode, 'source' | 'probability'>,
): DraftTree {
  return tokens.map((token, place) => ({
    parent: place,
    token,
    depth: place + 1,
    rank: 0,
    drawnFrom: null,
    ...describe(place),
  }))
}
