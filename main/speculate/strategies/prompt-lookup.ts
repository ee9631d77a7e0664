// Prompt lookup: what followed the last n tokens when they occurred before (apoorvumang/prompt-lookup-decoding, 2023).

import type { DraftNode } from '../draft-tree'
import type { Draft, DraftContext, DraftStrategy, Observation } from '../strategy'
import { NGramIndex } from './n-gram-index'

export interface LookupOptions {
  readonly shortest?: number
  readonly longest?: number
  /** Tokens at which a proposal stops, itself left out. */
  readonly endTokens?: ReadonlySet<number>
}

export class PromptLookupStrategy implements DraftStrategy {
  readonly name = 'lookup'
  readonly needsHidden = false
  readonly draws = false
  readonly #options: Required<LookupOptions>
  #index: NGramIndex

  constructor({ shortest = 2, longest = 8, endTokens = new Set() }: LookupOptions = {}) {
    this.#options = { shortest, longest, endTokens }
    this.#index = new NGramIndex(shortest, longest)
  }

  async reset(prompt: Observation): Promise<void> {
    this.#index = new NGramIndex(this.#options.shortest, this.#options.longest)
    await this.observe(prompt)
  }

  async draft({ maxDepth, plan }: DraftContext): Promise<Draft> {
    const match = this.#index.longestMatch()
    if (match === null) return { tree: [], steps: 0 }
    const nodes: DraftNode[] = []
    let survival = 1
    for (let depth = 1; depth <= maxDepth && plan.extend(depth, survival); depth += 1) {
      const place = match.place + depth - 1
      // Past the text's end the proposal itself goes on: a text that repeats itself with a short period does so for long.
      const token = this.#index.token(place) ?? nodes[place - this.#index.length]?.token
      if (token === undefined || this.#options.endTokens.has(token)) break
      const source = `lookup ${match.size}-gram`
      const node = { parent: depth - 1, token, depth, rank: 0, source, probability: null, drawnFrom: null }
      nodes.push(node)
      survival *= plan.edge(node)
    }
    return { tree: nodes, steps: 0 }
  }

  async observe({ tokens }: Observation): Promise<void> {
    for (let at = this.#index.length; at < tokens.length; at += 1) this.#index.add(tokens[at] ?? 0)
  }
}
