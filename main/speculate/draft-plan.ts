import type { DraftNode, DraftTree } from './draft-tree'
import { childrenOf, pruneTree } from './draft-tree'

/** What a checked draft cost and brought. */
export interface DraftOutcome {
  readonly tree: DraftTree
  /** Which of the strategy's ways made it; absent where it has one only. */
  readonly way?: string | undefined
  /** Whether the strategy was asked at all. */
  readonly drafted: boolean
  /** For each node that was examined, the probability with which the target accepts it. */
  readonly examined: ReadonlyMap<number, number>
  readonly emitted: number
  readonly draftMilliseconds: number
  /** Null where it was no whole forward. */
  readonly verifyMilliseconds: number | null
  /** Rows of the target's forward, the root's included. */
  readonly rows: number
  /** Times that the drafter was asked for one more step. */
  readonly steps: number
}

/** Decides how much is drafted and how much of it is checked. No decision looks at the target's answer, so all are exact. */
export interface DraftPlan {
  /** Whether `edge` learns from what was accepted; otherwise a strategy's own fixed tree is taken. */
  readonly adapts: boolean
  /** The plan for one of several ways in which a strategy drafts: whether it pays, and how deep to go, is learnt for each apart. */
  of(way: string): DraftPlan
  /** Tokens that the time of a draft's first step would bring otherwise. */
  readonly price: number
  /** Whether to draft at all in this round. Asked once a round. */
  begin(): boolean
  /**
   * Whether to draft below a node.
   * @param depth of the nodes that would come, from 1
   * @param survival probability that the target accepts the path down to their parent
   */
  extend(depth: number, survival: number): boolean
  /** Probability that the target accepts a node whose parent it accepted. */
  edge(node: DraftNode): number
  /** Leaves what is worth a row of the target's forward. Only for nodes that were chosen, not drawn: see `DraftStrategy.draws`. */
  prune(tree: DraftTree, maxNodes: number): DraftTree
  observe(outcome: DraftOutcome): void
}

/** The same length in every round, as in the papers. */
export class FixedPlan implements DraftPlan {
  readonly adapts = false
  readonly price = 0
  readonly #length: number

  constructor(length: number) {
    this.#length = length
  }

  of(): DraftPlan {
    return this
  }

  begin(): boolean {
    return true
  }

  extend(depth: number): boolean {
    return depth <= this.#length
  }

  edge({ probability }: DraftNode): number {
    return probability ?? 1
  }

  /** Keeps the nodes of the highest path value; of equal ones the first. */
  prune(tree: DraftTree, maxNodes: number): DraftTree {
    const shallow = pruneTree(tree, (node) => (tree[node - 1]?.depth ?? 0) <= this.#length)
    return shallow.length <= maxNodes ? shallow : keepBest(shallow, pathValues(shallow, this), maxNodes)
  }

  observe(): void {
    // Nothing to learn.
  }
}

/** Probability that each node is accepted, its ancestors included. */
export function pathValues(tree: DraftTree, plan: Pick<DraftPlan, 'edge'>): readonly number[] {
  const values: number[] = []
  for (const node of tree) values.push((node.parent === 0 ? 1 : (values[node.parent - 1] ?? 0)) * plan.edge(node))
  return values
}

/** Node numbers, the most valuable first. A parent comes before its children: no child is worth more, and ties go by number. */
export function byValue(values: readonly number[]): readonly number[] {
  return values.map((_, index) => index + 1).sort((a, b) => (values[b - 1] ?? 0) - (values[a - 1] ?? 0) || a - b)
}

export function keepBest(tree: DraftTree, values: readonly number[], count: number): DraftTree {
  const kept = new Set(byValue(values).slice(0, count))
  return pruneTree(tree, (node) => kept.has(node))
}

/** From the root always the most valuable child, for targets that cannot read branches. */
export function bestChain(tree: DraftTree, values: readonly number[]): DraftTree {
  const children = childrenOf(tree)
  const kept = new Set<number>()
  let at: number | undefined = 0
  while (at !== undefined) {
    const siblings: readonly number[] = children[at] ?? []
    at = siblings.length === 0 ? undefined : siblings.reduce((a, b) => (values[b - 1]! > values[a - 1]! ? b : a))
    if (at !== undefined) kept.add(at)
  }
  return pruneTree(tree, (node) => kept.has(node))
}
