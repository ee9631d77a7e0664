// Runs strategies one after another on the same prompt, plain decoding first. Never side by side: they would fight for the cores.

import type { Calibration, RaceEvent, RaceSettings, Round, Run, Strategy } from '../../contract/speculation'
import { speculationLimits, strategySchema } from '../../contract/speculation'
import type { TargetSession } from '../text/language-model'
import { AdaptivePlan } from './adaptive-length'
import { decode, type Decoded } from './decode'
import { FixedPlan, type DraftPlan } from './draft-plan'
import { fewRows, measureVerify } from './measure-verify'
import { openStrategy, type OpenedStrategy, type StrategyParts } from './open-strategy'
import { readPrompt, rewind, type ReadPrompt } from './read-prompt'
import { differenceFromPlain } from './same-as-plain'
import { VerifyCost } from './verify-cost'

export interface RaceOptions extends StrategyParts {
  readonly settings: RaceSettings
  readonly prompt: readonly number[]
  /** Asked between forwards. */
  readonly isCancelled: () => boolean
  /** Tells what is under way besides the runs. */
  readonly onStage?: (label: string) => void
}

export type RaceStep =
  | Extract<RaceEvent, { type: 'run' | 'run-end' }>
  | { readonly type: 'round'; readonly run: number; readonly round: Round }

/** Yields each run's rounds as they come. A run that was cancelled ends with what it had, and is the last. */
export async function* race(options: RaceOptions): AsyncGenerator<RaceStep, void, undefined> {
  const { settings, isCancelled } = options
  const course = new Course(options)
  const others = settings.strategies.filter(({ name }) => name !== 'plain')
  for (const [run, strategy] of [strategySchema.parse({ name: 'plain' }), ...others].entries()) {
    if (isCancelled()) return
    const opened = await openStrategy(strategy, options)
    const prompt = await course.promptFor(opened)
    if (prompt === null) return
    const plan = await course.planFor(strategy, opened)
    yield { type: 'run', run, strategy }
    const rounds = course.run(strategy, opened, prompt, plan)
    let step = await rounds.next()
    while (step.done !== true) {
      yield { type: 'round', run, round: step.value }
      step = await rounds.next()
    }
    yield { type: 'run-end', run, result: await course.resultOf(strategy, opened, prompt, step.value) }
  }
}

/** The first forwards over one row are slower than the rest, and plain decoding, which runs first, would have to pay for them. */
async function warmUp(target: TargetSession, prompt: ReadPrompt): Promise<void> {
  for (let pass = 0; pass < 3; pass += 1) {
    await target.forward({ ids: [prompt.tokens.at(-1)!] }, prompt.cache)
    rewind(prompt)
  }
}

/** What the runs of one race share. */
class Course {
  readonly #options: RaceOptions
  /** The prompt as each target has read it; with hidden states where any run so far wanted them. */
  readonly #prompts = new Map<'whole' | 'split', ReadPrompt>()
  #verify: Calibration['verify'] | null = null
  #plain: Decoded | null = null

  constructor(options: RaceOptions) {
    this.#options = options
  }

  /** Reads the prompt, or cuts back the cache of a run before. @returns null where it was cancelled */
  async promptFor({ target, strategy }: OpenedStrategy): Promise<ReadPrompt | null> {
    const kind = strategy.sharesForward === true ? 'split' : 'whole'
    const known = this.#prompts.get(kind)
    if (known !== undefined && (known.hidden !== null || !strategy.needsHidden)) {
      rewind(known)
      return known
    }
    this.#options.onStage?.('Reading the prompt')
    const { prompt, isCancelled } = this.#options
    const read = await readPrompt(target, prompt, strategy.needsHidden, isCancelled)
    if (read !== null) {
      await warmUp(target, read)
      this.#prompts.set(kind, read)
    }
    return read
  }

  async planFor({ draftLength, name }: Strategy, { strategy }: OpenedStrategy): Promise<DraftPlan> {
    if (draftLength !== 'adaptive' || name === 'plain')
      return new FixedPlan(draftLength === 'adaptive' ? 1 : draftLength)
    const drawn = strategy.draws && this.#options.settings.sampling.temperature > 0
    return new AdaptivePlan(await this.#verifyCost(), { most: speculationLimits.draftLength, drawn })
  }

  run(
    { name, treeNodes, acceptance }: Strategy,
    { strategy, target, isTree }: OpenedStrategy,
    prompt: ReadPrompt,
    plan: DraftPlan,
  ): AsyncGenerator<Round, Decoded, undefined> {
    const { model, settings, isCancelled } = this.#options
    return decode({
      target,
      prompt,
      strategy,
      plan,
      sampling: settings.sampling,
      acceptance: name === 'plain' ? 'exact' : acceptance,
      maxNodes: isTree ? treeNodes : speculationLimits.draftLength,
      maxTokens: settings.maxTokens,
      stop: settings.stop,
      endTokens: model.endTokens,
      contextLength: model.sizes.contextLength,
      tokenizer: model.tokenizer,
      fewestRows: 1,
      isCancelled,
    })
  }

  async resultOf(
    strategy: Strategy,
    { target }: OpenedStrategy,
    prompt: ReadPrompt,
    decoded: Decoded,
  ): Promise<Omit<Run, 'rounds'>> {
    if (strategy.name === 'plain') this.#plain = decoded
    const { text, finishReason, milliseconds, tokens, draftPrefill } = decoded
    const isGreedy = this.#options.settings.sampling.temperature === 0
    return {
      strategy,
      text,
      tokens: tokens.length,
      finishReason,
      prefill: { target: prompt.milliseconds, draft: draftPrefill },
      milliseconds,
      lossless: isGreedy || strategy.acceptance === 'exact',
      sameAsPlain: isGreedy ? await this.#isSame(decoded, target, prompt) : null,
    }
  }

  /** Against the plain run, and where that differs against plain decoding with forwards as wide as the run's own. */
  async #isSame(decoded: Decoded, target: TargetSession, prompt: ReadPrompt): Promise<boolean> {
    const { settings, isCancelled, onStage } = this.#options
    const plain = this.#plain?.tokens ?? []
    // A run that was stopped is compared as far as it went.
    const isPart = decoded.finishReason === 'cancelled'
    const hasLength = isPart ? decoded.tokens.length <= plain.length : decoded.tokens.length === plain.length
    if (hasLength && decoded.tokens.every((token, place) => token === plain[place])) return true
    if (isCancelled()) return false
    onStage?.('Comparing with plain decoding')
    const difference = await differenceFromPlain(target, prompt, decoded, settings.sampling, isCancelled)
    return difference === null && !isCancelled()
  }

  /** The curve measured once, at the plain run's speed. */
  async #verifyCost(): Promise<VerifyCost> {
    const prompt = this.#prompts.get('whole')
    if (prompt === undefined) throw new Error('Plain decoding runs first')
    if (this.#verify === null) {
      this.#options.onStage?.('Measuring the target')
      const target = await this.#options.model.openTarget()
      rewind(prompt)
      const left = this.#options.model.sizes.contextLength - prompt.cache.length
      const rows = fewRows.filter((count) => count <= left)
      this.#verify = await measureVerify(target, prompt.cache, rows, {
        passes: 3,
        mayGoOn: () => !this.#options.isCancelled(),
      })
      if (this.#verify.length === 0) this.#verify = [{ rows: 1, milliseconds: 1 }]
    }
    return new VerifyCost(this.#verify)
  }
}
