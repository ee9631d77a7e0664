import type { Provider } from '../../contract/devices'
import { StudioError } from '../../contract/errors'
import { modelIdSchema } from '../../contract/ids'
import type { Calibration, StrategyName } from '../../contract/speculation'
import { defaultThreads } from '../runtime/cpu-threads'
import type { TaskContext } from '../runtime/serve-tasks'
import { languageModelFacts } from '../text/language-facts'
import type { LanguageFolder } from '../text/language-folder'
import { FixedPlan } from './draft-plan'
import { manyRows, measureVerify } from './measure-verify'
import { openParts } from './open-parts'
import { openStrategy, type StrategyParts } from './open-strategy'
import { readPrompt } from './read-prompt'

export interface CalibrationTaskInput {
  readonly modelId: string
  readonly folder: LanguageFolder
  readonly precision: string
  readonly provider: Provider
  readonly threads: number
}

export interface CalibrationEvent {
  /** 0 to 1. */
  readonly fraction: number
  readonly label: string
}

/** Tokens before the measured forwards: about what a question and half an answer come to. */
const usualContext = 256
/** Milliseconds for the target's curve. */
const verifyBudget = 3000
const draftPasses = 5
const draftLength = 4

/**
 * Measures what the target's forward over m rows takes, and one draft of each strategy that the folder has: a token of a chain, or
 * a whole tree where heads give it at once. Some five seconds.
 * @throws StudioError CANCELLED, as openStrategy
 */
export async function runCalibrationTask(
  input: CalibrationTaskInput,
  context: TaskContext<CalibrationEvent>,
): Promise<Calibration> {
  const { folder, precision, provider, threads } = input
  context.emit({ fraction: 0, label: 'Loading the model' })
  const parts = await openParts(input, context.sessions)
  const contextLength = Math.min(usualContext, folder.sizes.contextLength - Math.max(...manyRows))
  const stopIfCancelled = (): void => {
    if (context.isCancelled()) throw new StudioError('CANCELLED', 'The calibration was cancelled')
  }
  const tokens = plainText(parts, contextLength + 1)
  const target = await parts.model.openTarget()
  const prompt = await readPrompt(target, tokens, target.hasHidden, () => context.isCancelled())
  stopIfCancelled()
  context.emit({ fraction: 0.1, label: 'Measuring the target' })
  const verify = await measureVerify(target, prompt!.cache, manyRows, {
    passes: 2,
    budget: verifyBudget,
    mayGoOn: () => !context.isCancelled(),
  })
  const names = languageModelFacts(folder).strategies.filter((name) => name !== 'plain')
  const draft: Partial<Record<StrategyName, number>> = {}
  for (const [index, name] of names.entries()) {
    stopIfCancelled()
    context.emit({ fraction: 0.7 + (0.3 * index) / names.length, label: `Measuring ${name}` })
    draft[name] = await measureDraft(name, parts, tokens)
  }
  stopIfCancelled()
  return {
    modelId: modelIdSchema.parse(input.modelId),
    precision,
    provider,
    threads: threads || defaultThreads(),
    contextLength,
    measuredAt: Date.now(),
    verify,
    draft,
  }
}

/** The shortest of a few drafts, in milliseconds for each forward of the drafter. */
async function measureDraft(name: StrategyName, parts: StrategyParts, tokens: readonly number[]): Promise<number> {
  const { strategy, target } = await openStrategy({ name }, parts)
  const prompt = (await readPrompt(target, tokens, strategy.needsHidden, () => false))!
  await strategy.reset({ tokens, hidden: prompt.hidden })
  let best = Number.POSITIVE_INFINITY
  for (let pass = 0; pass < draftPasses; pass += 1) {
    const started = performance.now()
    const { steps } = await strategy.draft({
      tokens,
      maxDepth: draftLength,
      maxNodes: 7,
      plan: new FixedPlan(draftLength),
      drawWith: null,
      random: Math.random,
      cache: prompt.cache,
    })
    best = Math.min(best, (performance.now() - started) / Math.max(1, steps))
    prompt.cache.truncate(tokens.length - 1)
    await strategy.reset({ tokens, hidden: prompt.hidden })
  }
  return best
}

/** Tokens of all kinds: what they say does not change how long they take. */
function plainText({ model }: StrategyParts, count: number): number[] {
  return Array.from({ length: count }, (_, place) => (place * 7919 + 17) % model.sizes.vocabulary)
}
