import type { StrategyName } from '../../contract/speculation'
import type { TokenCache } from '../text/language-model'
import type { SamplerSettings } from '../text/sampler'
import type { DraftPlan } from './draft-plan'
import type { DraftTree } from './draft-tree'

/** What is known when a draft is made. */
export interface DraftContext {
  /** Prompt and output. The last one is the root: the target has not read it yet. */
  readonly tokens: readonly number[]
  /** Deepest node that can still be used. At least 1. */
  readonly maxDepth: number
  readonly maxNodes: number
  /** How much to draft. A strategy asks before each step that costs something. */
  readonly plan: DraftPlan
  /** Settings to draw tokens with; null where the likeliest are to be chosen. */
  readonly drawWith: SamplerSettings | null
  /** Uniform in [0, 1), for strategies that draw; separate from the target's own draws. */
  readonly random: () => number
  /** The target's own cache, for a strategy that shares it. */
  readonly cache: TokenCache
}

export interface Draft {
  /** Nodes that may follow the root. Empty where there is nothing to offer. */
  readonly tree: DraftTree
  /** Forwards of the drafter that it took. */
  readonly steps: number
  /** Which of the strategy's ways made it; absent where it has one only. See `DraftPlan.of`. */
  readonly way?: string
}

/** The target's hidden states of the rows that were just committed, [rows, hidden], after the final norm. */
export interface CommittedHidden {
  /** Position of the first row. */
  readonly from: number
  readonly rows: number
  readonly values: Float32Array
}

/** What a strategy learns after each round, and once after the prompt was read. */
export interface Observation {
  /** Prompt and output now. The target's cache holds all but the last. */
  readonly tokens: readonly number[]
  /** Where `needsHidden`; null if no row was committed. */
  readonly hidden: CommittedHidden | null
}

/** A way to guess. It knows nothing of how guesses are checked; verify.ts knows nothing of how they are made. */
export interface DraftStrategy {
  readonly name: StrategyName
  /** Whether observations are to carry the target's hidden states. */
  readonly needsHidden: boolean
  /**
   * Whether tokens are drawn where `drawWith` says how. A draft may end before a draw, but a drawn token must be checked: to drop
   * it because of what it is would leave q mis-stated.
   */
  readonly draws: boolean
  /** Whether drafting does a part of the target's forward, so that this is no measure of a forward alone. */
  readonly sharesForward?: boolean
  /** Reads the prompt. @returns nothing; its time is the drafter's part of the prefill */
  reset(prompt: Observation): Promise<void>
  draft(context: DraftContext): Promise<Draft>
  /** Repairs the strategy's own state: what was drafted beyond `tokens` never happened. */
  observe(outcome: Observation): Promise<void>
}
