// Prompt lookup where the text repeats itself, the MTP module where it does not. What the last n tokens were followed by costs nothing to
// read, so it goes first whenever it promises as many tokens as the module has brought of late, less what the module's time is worth.

import type { CachedGraph } from '../../text/language-model'
import { pathValues } from '../draft-plan'
import type { Draft, DraftContext, DraftStrategy, Observation } from '../strategy'
import { MtpStrategy } from './mtp'
import { PromptLookupStrategy, type LookupOptions } from './prompt-lookup'

const nothing: Draft = { tree: [], steps: 0 }
/** Weight of the module's newest draft in its running mean. */
const weight = 0.1

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
    this.#mtp = new MtpStrategy(graph)
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
    const mayPredict = expected < this.#promise - modulePlan.price && modulePlan.begin()
    if (!mayPredict) return { ...found, way: 'lookup' }
    this.#drafted = context.tokens.length
    return { ...(await this.#mtp.draft({ ...context, plan: modulePlan })), way: 'mtp' }
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
