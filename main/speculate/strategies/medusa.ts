// Medusa (Cai et al. 2024, arXiv 2401.10774): heads on the target's last hidden state, each for one place further on.

import type { CachedGraph } from '../../text/language-model'
import type { Draft, DraftContext, DraftStrategy, Observation } from '../strategy'
import { bestTree, treeOfChoices, type Choice } from './head-tree'

export class MedusaStrategy implements DraftStrategy {
  readonly name = 'medusa'
  readonly needsHidden = true
  readonly draws = false
  readonly #graph: CachedGraph
  readonly #choices: readonly Choice[] | null
  /** [hidden] of the row that the root came from. */
  #hidden: Float32Array | null = null

  /** @param choices the model's own tree, best nodes first; null grows one by the heads' confidence */
  constructor(graph: CachedGraph, choices: readonly Choice[] | null) {
    this.#graph = graph
    this.#choices = choices
  }

  async reset(prompt: Observation): Promise<void> {
    this.#hidden = null
    await this.observe(prompt)
  }

  async draft(context: DraftContext): Promise<Draft> {
    if (this.#hidden === null) return { tree: [], steps: 0 }
    const outputs = await this.#graph.run({ hidden: this.#hidden }, null, ['top_values', 'top_ids'])
    const [heads = 0, count = 0] = outputs.shape('top_ids')
    const guesses = { heads, count, ids: outputs.ints('top_ids'), logProbabilities: outputs.float('top_values') }
    const isFixed = this.#choices !== null && !context.plan.adapts
    const tree = isFixed ? treeOfChoices(guesses, this.#choices, context) : bestTree(guesses, context)
    return { tree, steps: 1 }
  }

  async observe({ hidden }: Observation): Promise<void> {
    if (hidden === null) return
    const width = hidden.values.length / hidden.rows
    this.#hidden = hidden.values.slice(-width)
  }
}
