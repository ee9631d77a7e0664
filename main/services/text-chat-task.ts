import type { TextSpeculation } from '../../contract/chat-statistics'
import type { Provider } from '../../contract/devices'
import { StudioError } from '../../contract/errors'
import {
  speculationLimits,
  type Calibration,
  type Round,
  type Sampling,
  type Strategy,
} from '../../contract/speculation'
import { acceptanceStatistics } from '../../contract/speculation-statistics'
import type { ChatTurnEvent } from '../chat/turn'
import type { TaskContext } from '../runtime/serve-tasks'
import { AdaptivePlan } from '../speculate/adaptive-length'
import { decode, type Decoded } from '../speculate/decode'
import { FixedPlan, type DraftPlan } from '../speculate/draft-plan'
import { KeptPrompt, type KeptRead } from '../speculate/kept-prompt'
import { fewRows, measureVerify } from '../speculate/measure-verify'
import { openParts } from '../speculate/open-parts'
import { openStrategy, type OpenedStrategy, type StrategyParts } from '../speculate/open-strategy'
import { VerifyCost } from '../speculate/verify-cost'
import { chatPrompt, transcriptStops } from '../text/chat-prompt'
import type { ChatTurn } from '../text/chat-template'
import type { LanguageFolder } from '../text/language-folder'

/** A turn of a chat with a text-only model, as plain data. */
export interface TextChatInput {
  readonly modelId: string
  readonly folder: LanguageFolder
  readonly precision: string
  readonly provider: Provider
  /** Of the target; 0 is one a physical core. */
  readonly threads: number
  /** The system text, where there is one, and the branch up to the message to answer. */
  readonly turns: readonly ChatTurn[]
  /** Words with which the answer begins already; empty for a new one. */
  readonly begun: string
  readonly strategy: Strategy
  /** The folder of the other model that the strategy drafts with, by its id. */
  readonly draftModels: Readonly<Record<string, LanguageFolder>>
  readonly sampling: Sampling
  readonly maxTokens: number
  /** What forwards of several rows take here, where it was calibrated. */
  readonly verify: Calibration['verify'] | null
  /** Keep what was read of the conversation for its next turn. */
  readonly keep: boolean
}

/** The rows of the conversation that was talked in last, kept for the life of the worker. */
const kept = new KeptPrompt()
/** Curves measured where nobody had calibrated, by model, precision and device. */
const measured = new Map<string, Calibration['verify']>()

/**
 * Writes one answer of a text-only model inside the inference worker.
 * @throws StudioError CANCELLED after the events of what was written; CONTEXT_FULL, MODEL_UNSUPPORTED, MODEL_BROKEN, NOT_FINITE,
 *   OUT_OF_MEMORY
 */
export async function runTextChatTask(input: TextChatInput, context: TaskContext<ChatTurnEvent>): Promise<void> {
  const began = performance.now()
  context.emit({ type: 'phase', phase: 'load', label: 'Loading the model' })
  const parts = await openParts(input, context.sessions)
  const opened = await openStrategy(input.strategy, parts)
  const turn = new TextTurn(input, parts, opened, context, began)
  try {
    await turn.run()
  } finally {
    if (!input.keep) kept.clear()
  }
  if (context.isCancelled()) throw new StudioError('CANCELLED', 'The answer was stopped')
}

class TextTurn {
  readonly #input: TextChatInput
  readonly #parts: StrategyParts
  readonly #opened: OpenedStrategy
  readonly #context: TaskContext<ChatTurnEvent>
  readonly #began: number
  readonly #loaded = performance.now()
  #firstToken: number | null = null
  #text = ''

  constructor(
    input: TextChatInput,
    parts: StrategyParts,
    opened: OpenedStrategy,
    context: TaskContext<ChatTurnEvent>,
    began: number,
  ) {
    this.#input = input
    this.#parts = parts
    this.#opened = opened
    this.#context = context
    this.#began = began
  }

  async run(): Promise<void> {
    const { model } = this.#parts
    const { turns, begun } = this.#input
    const ids = chatPrompt(model, turns, begun)
    const left = model.sizes.contextLength - ids.length
    if (left < 1) {
      throw new StudioError(
        'CONTEXT_FULL',
        `The conversation has ${ids.length} tokens, and the model reads ${model.sizes.contextLength}`,
        {
          remedy: 'Leave out some of the earliest messages, or begin a new conversation.',
          context: { rows: ids.length + 1, limit: model.sizes.contextLength, leaveOut: [] },
        },
      )
    }
    const prompt = await this.#read(ids)
    if (prompt === null) return this.#end(ids.length, null, null, [])
    const plan = await this.#plan(prompt)
    this.#context.emit({ type: 'phase', phase: 'answer', label: 'Writing' })
    const rounds: Round[] = []
    let tokens = 0
    const writing = this.#decode(prompt, plan, Math.min(this.#input.maxTokens, left))
    let step = await writing.next()
    while (step.done !== true) {
      const { emitted } = step.value
      this.#firstToken ??= performance.now() - this.#loaded
      tokens += emitted.length
      rounds.push(step.value)
      this.#say(emitted.map(({ text }) => text).join(''), tokens)
      step = await writing.next()
    }
    const decoded = step.value
    // What was held back because it could have been the beginning of a stop text.
    this.#say(decoded.text.slice(this.#text.length), tokens)
    kept.wrote([...ids, ...decoded.tokens])
    this.#end(ids.length + decoded.tokens.length, prompt, decoded, rounds)
  }

  #say(text: string, tokens: number): void {
    this.#text += text
    this.#context.emit({ type: 'text', part: 'answer', text, tokens })
  }

  async #read(ids: readonly number[]): Promise<KeptRead | null> {
    const { modelId, precision, provider } = this.#input
    const { strategy, target } = this.#opened
    this.#context.emit({ type: 'phase', phase: 'prefill', label: 'Reading the conversation' })
    const started = performance.now()
    return kept.read(target, ids, {
      key: [modelId, precision, provider, strategy.sharesForward === true ? 'split' : 'whole'].join(' '),
      wantsHidden: strategy.needsHidden,
      isCancelled: () => this.#context.isCancelled(),
      onRows: (rows, total) => {
        const rowsPerSecond = (1000 * rows) / Math.max(1e-3, performance.now() - started)
        this.#context.emit({ type: 'prefill', rows, total, reusedRows: ids.length - 1 - total, rowsPerSecond })
      },
    })
  }

  async #plan(prompt: KeptRead): Promise<DraftPlan> {
    const { strategy, sampling } = this.#input
    const { name, draftLength } = strategy
    if (draftLength !== 'adaptive') return new FixedPlan(draftLength)
    if (name === 'plain') return new FixedPlan(1)
    const drawn = this.#opened.strategy.draws && sampling.temperature > 0
    return new AdaptivePlan(new VerifyCost(await this.#verifyCurve(prompt)), {
      most: speculationLimits.draftLength,
      drawn,
    })
  }

  async #verifyCurve({ cache }: KeptRead): Promise<Calibration['verify']> {
    const { modelId, precision, provider, verify } = this.#input
    if (verify !== null) return verify
    const key = [modelId, precision, provider].join(' ')
    const known = measured.get(key)
    if (known !== undefined) return known
    const { model } = this.#parts
    const target = await model.openTarget()
    // Early exit keeps its rows in two parts, which the whole target cannot read.
    const rows = this.#opened.strategy.sharesForward === true ? target.createCache() : cache
    const fitting = fewRows.filter((count) => count <= model.sizes.contextLength - rows.length)
    const curve = await measureVerify(target, rows, fitting, { passes: 2 })
    if (curve.length === 0) return [{ rows: 1, milliseconds: 1 }]
    measured.set(key, curve)
    return curve
  }

  #decode(prompt: KeptRead, plan: DraftPlan, maxTokens: number): AsyncGenerator<Round, Decoded, undefined> {
    const { model } = this.#parts
    const { strategy, target, isTree } = this.#opened
    const { sampling, strategy: asked } = this.#input
    return decode({
      target,
      prompt,
      strategy,
      plan,
      sampling,
      acceptance: asked.name === 'plain' ? 'exact' : asked.acceptance,
      maxNodes: isTree ? asked.treeNodes : speculationLimits.draftLength,
      maxTokens,
      stop: model.tokenizer.template === null ? transcriptStops : [],
      endTokens: model.endTokens,
      contextLength: model.sizes.contextLength,
      tokenizer: model.tokenizer,
      fewestRows: 1,
      isCancelled: () => this.#context.isCancelled(),
    })
  }

  #end(rows: number, prompt: KeptRead | null, decoded: Decoded | null, rounds: readonly Round[]): void {
    const load = { phase: 'load' as const, milliseconds: this.#loaded - this.#began }
    const prefill =
      prompt === null
        ? []
        : [
            {
              phase: 'prefill' as const,
              milliseconds: prompt.milliseconds + (decoded?.draftPrefill ?? 0),
              rows: prompt.tokens.length - 1 - prompt.reusedRows,
              reusedRows: prompt.reusedRows,
            },
          ]
    const answer =
      decoded === null
        ? []
        : [
            {
              phase: 'answer' as const,
              milliseconds: decoded.milliseconds,
              tokens: decoded.tokens.length,
              finishReason: decoded.finishReason,
              speculation: speculationOf(this.#input.strategy, rounds),
            },
          ]
    this.#context.emit({
      type: 'statistics',
      statistics: {
        phases: [load, ...prefill, ...answer],
        firstTokenMilliseconds: this.#firstToken,
        milliseconds: performance.now() - this.#began,
        graphMilliseconds: rounds.reduce((sum, { milliseconds }) => sum + milliseconds.draft + milliseconds.verify, 0),
        context: { text: rows, vit: 0, vae: 0, limit: this.#parts.model.sizes.contextLength },
      },
    })
  }
}

function speculationOf({ name }: Strategy, rounds: readonly Round[]): TextSpeculation | null {
  if (name === 'plain') return null
  const { drafted, accepted, acceptanceRate, tokensPerForward } = acceptanceStatistics(rounds)
  return { strategy: name, rounds: rounds.length, drafted, accepted, acceptanceRate, tokensPerForward }
}
