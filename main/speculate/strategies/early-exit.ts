// The target's own first layers draft, through a small head of their own (Kangaroo, arXiv 2404.18911; LayerSkip, arXiv 2404.16710).

import type { CachedGraph } from '../../text/language-model'
import { draftChain } from '../draft-chain'
import { SplitCache, type SplitTarget } from '../split-target'
import type { Draft, DraftContext, DraftStrategy } from '../strategy'
import { guessOutputs, lastGuess } from './guess-outputs'

export class EarlyExitStrategy implements DraftStrategy {
  readonly name = 'early-exit'
  readonly needsHidden = false
  readonly draws = true
  readonly sharesForward = true
  readonly #target: SplitTarget
  readonly #head: CachedGraph
  readonly #source: string

  /** @param target the very one that checks the drafts */
  constructor(target: SplitTarget, head: CachedGraph, exitLayers: number) {
    this.#target = target
    this.#head = head
    this.#source = `layer ${exitLayers}`
  }

  async reset(): Promise<void> {
    // The target's own cache is all there is.
  }

  async draft(context: DraftContext): Promise<Draft> {
    const { cache, tokens } = context
    if (!(cache instanceof SplitCache)) throw new RangeError('Early exit drafts for the split target alone')
    const root = tokens.at(-1)!
    const tree = await draftChain(
      context,
      () => this.#source,
      async (previous) => {
        const hidden = await this.#target.readAhead(previous ?? root, cache)
        return lastGuess(await this.#head.run({ hidden }, null, guessOutputs))
      },
    )
    return { tree, steps: tree.length }
  }

  async observe(): Promise<void> {
    // The target's commit has cut its cache back.
  }
}
