// The loop that all strategies share: draft, verify, walk, commit.

import type { Origin, Round, Run, Sampling, Strategy } from '../../contract/speculation'
import { Generator } from '../tensor/noise'
import { treeKeepsBits } from '../text/attention-mask'
import type { TargetSession } from '../text/language-model'
import { TokenHistory } from '../text/token-history'
import { TokenText } from '../text/token-text'
import type { TextTokenizer } from '../text/text-tokenizer'
import { bestChain, pathValues, type DraftPlan } from './draft-plan'
import { pruneTree, type DraftTree } from './draft-tree'
import type { ReadPrompt } from './read-prompt'
import { TokenNames, traceRound, type Emission } from './round-trace'
import type { CommittedHidden, Draft, DraftStrategy } from './strategy'
import { commit, verify, type Verification } from './verify'

export interface DecodeOptions {
  readonly target: TargetSession
  /** The prompt in the target's cache, but for its last token. The cache is used up. */
  readonly prompt: ReadPrompt
  readonly strategy: DraftStrategy
  readonly plan: DraftPlan
  readonly sampling: Sampling
  readonly acceptance: Strategy['acceptance']
  readonly maxNodes: number
  readonly maxTokens: number
  readonly stop: readonly string[]
  readonly endTokens: ReadonlySet<number>
  readonly contextLength: number
  readonly tokenizer: Pick<TextTokenizer, 'decode' | 'tokenText'>
  /** See `VerifyOptions`. 1 where speed is measured. */
  readonly fewestRows: number
  /** Asked between forwards. */
  readonly isCancelled: () => boolean
  /** Called after every commit, for tests that look into caches. */
  readonly onCommit?: (tokens: readonly number[]) => void | Promise<void>
}

export interface Decoded extends Pick<Run, 'text' | 'finishReason' | 'milliseconds'> {
  /** Tokens of the answer, an end token included. */
  readonly tokens: readonly number[]
  /** Rows of the forward that read each token before the last: prompt's last token first. */
  readonly widths: readonly number[]
  /** The drafter's part of reading the prompt, in milliseconds. */
  readonly draftPrefill: number
}

/** Drafted tokens are drawn from numbers of their own, so that the target's draws are the same whoever drafts. */
const drafterSeedOffset = 0x9e3779b9

/** Writes after a prompt, a round at a time. Time spent on the trace and on whoever reads it is not counted. */
export async function* decode(options: DecodeOptions): AsyncGenerator<Round, Decoded, undefined> {
  const run = new Decoding(options)
  await run.start()
  while (run.finishReason === null) {
    const round = await run.round()
    if (round !== null) yield round
  }
  return run.result()
}

class Decoding {
  finishReason: Run['finishReason'] | null = null
  readonly #options: DecodeOptions
  readonly #tokens: number[]
  readonly #promptLength: number
  readonly #history: TokenHistory
  readonly #answer: TokenText
  readonly #names: TokenNames
  readonly #uniform: () => number
  readonly #draftUniform: () => number
  readonly #widths: number[] = []
  #rounds = 0
  #milliseconds = 0
  #draftPrefill = 0

  constructor(options: DecodeOptions) {
    const { prompt, sampling, tokenizer, stop } = options
    this.#options = options
    this.#tokens = [...prompt.tokens]
    this.#promptLength = prompt.tokens.length
    this.#history = new TokenHistory(prompt.tokens)
    // The stream of an answer needs the tokenizer's decoding alone.
    this.#answer = new TokenText(tokenizer as TextTokenizer, stop)
    this.#names = new TokenNames((id) => tokenizer.tokenText(id))
    const random = new Generator(sampling.seed)
    this.#uniform = () => random.uniform()
    const draftRandom = new Generator((sampling.seed + drafterSeedOffset) % 2 ** 32)
    this.#draftUniform = () => draftRandom.uniform()
  }

  async start(): Promise<void> {
    const { strategy, prompt, isCancelled } = this.#options
    const started = performance.now()
    await strategy.reset({ tokens: this.#tokens, hidden: strategy.needsHidden ? prompt.hidden : null })
    this.#draftPrefill = performance.now() - started
    if (isCancelled()) this.finishReason = 'cancelled'
  }

  result(): Decoded {
    this.#answer.end()
    return {
      tokens: this.#tokens.slice(this.#promptLength),
      text: this.#answer.text,
      finishReason: this.finishReason ?? 'cancelled',
      milliseconds: this.#milliseconds,
      widths: this.#widths,
      draftPrefill: this.#draftPrefill,
    }
  }

  /** @returns null where the run was cancelled before anything was emitted */
  async round(): Promise<Round | null> {
    const { isCancelled, prompt, strategy, plan, target, sampling, acceptance, fewestRows } = this.#options
    const { cache } = prompt
    const started = performance.now()
    const { tree, steps, drafted, way } = await this.#draft()
    const afterDraft = performance.now()
    if (isCancelled()) return this.#cancel()
    const verification = await verify(this.#tokens.at(-1)!, tree, {
      target,
      cache,
      settings: sampling,
      acceptance,
      history: this.#history,
      uniform: this.#uniform,
      wantsHidden: strategy.needsHidden,
      fewestRows,
    })
    const beforeCommit = performance.now()
    const contextLength = this.#tokens.length
    const emissions = this.#emit(tree, verification)
    // Of a path that the answer's end cuts short, only what comes before the last token was read.
    const path = verification.path.slice(0, emissions.length - 1)
    const hidden = commit({ ...verification, path }, cache)
    await this.#settle(hidden)
    const draftMilliseconds = afterDraft - started
    plan.observe({
      tree,
      way,
      drafted,
      examined: verification.acceptances,
      emitted: emissions.length,
      draftMilliseconds,
      verifyMilliseconds: strategy.sharesForward === true && tree.length > 0 ? null : verification.milliseconds.verify,
      rows: verification.rows,
      steps,
    })
    const milliseconds = {
      draft: draftMilliseconds,
      ...verification.milliseconds,
      commit: performance.now() - beforeCommit,
    }
    this.#milliseconds += milliseconds.draft + milliseconds.verify + milliseconds.sample + milliseconds.commit
    this.#rounds += 1
    await this.#options.onCommit?.(this.#tokens)
    if (isCancelled()) this.finishReason ??= 'cancelled'
    return traceRound(
      { index: this.#rounds - 1, contextLength, milliseconds },
      tree,
      verification,
      emissions,
      this.#names,
    )
  }

  #cancel(): null {
    this.finishReason = 'cancelled'
    return null
  }

  async #draft(): Promise<Draft & { readonly drafted: boolean }> {
    const { strategy, plan, prompt, sampling, acceptance, maxNodes, maxTokens, contextLength, target } = this.#options
    const written = this.#tokens.length - this.#promptLength
    // The round's last token is the target's own, and all rows must have a position.
    const maxDepth = Math.min(maxTokens - written - 1, contextLength - this.#tokens.length)
    const nothing = { tree: [], steps: 0, drafted: false }
    if (strategy.name === 'plain' || maxDepth < 1 || !plan.begin()) return nothing
    const draws = strategy.draws && sampling.temperature > 0 && acceptance === 'exact'
    const draft = await strategy.draft({
      tokens: this.#tokens,
      maxDepth,
      maxNodes,
      plan,
      drawWith: draws ? sampling : null,
      random: this.#draftUniform,
      cache: prompt.cache,
    })
    const shallow = pruneTree(draft.tree, (node) => draft.tree[node - 1]!.depth <= maxDepth)
    const mayBranch = target.trees && treeKeepsBits(prompt.cache.length, shallow.length + 1)
    const possible = mayBranch ? shallow : bestChain(shallow, pathValues(shallow, plan))
    return { ...draft, tree: draws ? possible : plan.prune(possible, maxNodes), drafted: true }
  }

  /** Takes over the accepted path and the target's own token, as far as the answer goes. */
  #emit(tree: DraftTree, { path, token, rows }: Verification): Emission[] {
    const last = path.at(-1) ?? 0
    const isWhole = tree.every(({ parent }) => parent !== last)
    const origin: Origin = tree.length === 0 ? 'plain' : isWhole ? 'bonus' : 'corrected'
    const candidates = [
      ...path.map((node) => ({ token: tree[node - 1]!.token, origin: 'accepted' as const, node })),
      { token, origin, node: last },
    ]
    const emissions: Emission[] = []
    for (const candidate of candidates) {
      if (this.finishReason !== null) break
      this.#widths.push(rows)
      this.#tokens.push(candidate.token)
      this.#history.push(candidate.token)
      const { text, stopped } = this.#answer.push(candidate.token)
      emissions.push({ ...candidate, text })
      this.finishReason = this.#reasonToStop(candidate.token, stopped)
    }
    return emissions
  }

  #reasonToStop(token: number, stopped: boolean): Run['finishReason'] | null {
    const { endTokens, maxTokens, contextLength } = this.#options
    if (stopped) return 'stop'
    if (endTokens.has(token)) return 'end'
    if (this.#tokens.length - this.#promptLength >= maxTokens) return 'length'
    // The token just written has no position any more to be read at.
    return this.#tokens.length > contextLength ? 'context' : null
  }

  async #settle(hidden: CommittedHidden | null): Promise<void> {
    if (this.finishReason !== null) return
    await this.#options.strategy.observe({ tokens: this.#tokens, hidden })
  }
}
