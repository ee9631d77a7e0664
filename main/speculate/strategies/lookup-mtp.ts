// Prompt lookup where the text repeats itself, the MTP module where it does not. What the last n tokens were followed by costs nothing to
// read, so it goes first whenever it promises as many tokens as the module has brought of late. Otherwise the module's chain gets its own
// next best tokens and what the lookup found as branches: no guess more, and the plan weighs each against the row that it costs.

import type { CachedGraph } from '../../text/language-model'
import { pathValues } from '../draft-plan'
import type { DraftTree } from '../draft-tree'
import type { Draft, DraftContext, DraftStrategy, Observation } from '../strategy'
import { MtpStrategy } from './mtp'
import { PromptLookupStrategy, type LookupOptions } from './prompt-lookup'

const nothing: Draft = { tree: [], steps: 0 }
/** Weight of the module's newest draft in its running mean. */
const weight = 0.1
/** Next best tokens beside each token of the module's chain. */
const sides = 2

export class LookupMtpStrategy implements DraftStrategy {
  readonly name = 'lookup-mtp'
  readonly needsHidden = true
  readonly draws = true
  readonly #lookup: PromptLookupStrategy
  readonly #mtp: MtpStrategy
  /** Tokens accepted of one draft of the module, running. */
  #promise = 1
  /** Length of the text when the module drafted last; null where that was not in this round. */
  #drafted: number | null = null

  constructor(graph: CachedGraph, options: LookupOptions = {}) {
    this.#lookup = new PromptLookupStrategy(options)
    this.#mtp = new MtpStrategy(graph, sides)
  }

  async reset(prompt: Observation): Promise<void> {
    this.#promise = 1
    this.#drafted = null
    await this.#lookup.reset(prompt)
    await this.#mtp.reset(prompt)
  }

  async draft(context: DraftContext): Promise<Draft> {
    const lookupPlan = context.plan.of('lookup')
    const found = lookupPlan.begin() ? await this.#lookup.draft({ ...context, plan: lookupPlan }) : nothing
    const expected = pathValues(found.tree, lookupPlan).reduce((sum, value) => sum + value, 0)
    const modulePlan = context.plan.of('mtp')
    const mayPredict = expected < this.#promise && modulePlan.begin()
    if (!mayPredict) return { ...found, way: 'lookup' }
    this.#drafted = context.tokens.length
    const draft = await this.#mtp.draft({ ...context, plan: modulePlan })
    const tree = context.drawWith === null && modulePlan.adapts ? withBranch(draft.tree, found.tree) : draft.tree
    return { ...draft, tree, way: 'mtp' }
  }

  async observe(outcome: Observation): Promise<void> {
    if (this.#drafted !== null) {
      this.#promise += weight * (outcome.tokens.length - this.#drafted - 1 - this.#promise)
      this.#drafted = null
    }
    await this.#lookup.observe(outcome)
    await this.#mtp.observe(outcome)
  }
}

/** A tree with a chain from the same root grafted on: it shares the nodes of its tokens as far as there are such. */
function withBranch(tree: DraftTree, branch: DraftTree): DraftTree {
  const nodes = [...tree]
  let parent = 0
  for (const node of branch) {
    const siblings = nodes.flatMap((other, index) => (other.parent === parent ? [{ ...other, number: index + 1 }] : []))
    const same = siblings.find(({ token }) => token === node.token)
    if (same === undefined) nodes.push({ ...node, parent, rank: siblings.length })
    parent = same?.number ?? nodes.length
  }
  return nodes
}
