import { samplingSchema, strategySchema } from '../../../contract/speculation'
import type { Round, Sampling, Strategy } from '../../../contract/speculation'
import { AdaptivePlan } from '../adaptive-length'
import { decode, type Decoded, type DecodeOptions } from '../decode'
import { FixedPlan } from '../draft-plan'
import { openStrategy, type StrategyParts } from '../open-strategy'
import { readPrompt } from '../read-prompt'
import { VerifyCost } from '../verify-cost'

export interface TrialOptions extends Partial<Pick<DecodeOptions, 'maxTokens' | 'fewestRows' | 'stop' | 'endTokens'>> {
  readonly sampling?: Partial<Sampling>
  readonly onCommit?: (tokens: readonly number[], options: DecodeOptions) => void | Promise<void>
}

/** One run of one strategy, with everything that a race would set. */
export async function runStrategy(
  parts: StrategyParts,
  request: Partial<Strategy> & Pick<Strategy, 'name'>,
  promptTokens: readonly number[],
  trial: TrialOptions = {},
): Promise<{ decoded: Decoded; rounds: Round[] }> {
  const settings = strategySchema.parse(request)
  const { strategy, target, isTree } = await openStrategy(settings, parts)
  const prompt = (await readPrompt(target, promptTokens, strategy.needsHidden, () => false))!
  const sampling = samplingSchema.parse(trial.sampling ?? {})
  const curve = new VerifyCost([
    { rows: 1, milliseconds: 1 },
    { rows: 16, milliseconds: 2 },
  ])
  const plan =
    settings.draftLength === 'adaptive'
      ? new AdaptivePlan(curve, { most: 16, drawn: strategy.draws && sampling.temperature > 0 })
      : new FixedPlan(settings.draftLength)
  const options: DecodeOptions = {
    target,
    prompt,
    strategy,
    plan,
    sampling,
    acceptance: settings.acceptance,
    maxNodes: isTree ? settings.treeNodes : 16,
    maxTokens: trial.maxTokens ?? 48,
    stop: trial.stop ?? [],
    endTokens: trial.endTokens ?? parts.model.endTokens,
    contextLength: parts.model.sizes.contextLength,
    tokenizer: parts.model.tokenizer,
    fewestRows: trial.fewestRows ?? 2,
    isCancelled: () => false,
    onCommit: (tokens) => trial.onCommit?.(tokens, options),
  }
  return collect(decode(options))
}

export async function collect(run: AsyncGenerator<Round, Decoded>): Promise<{ decoded: Decoded; rounds: Round[] }> {
  const rounds: Round[] = []
  let step = await run.next()
  while (step.done !== true) {
    rounds.push(step.value)
    step = await run.next()
  }
  return { decoded: step.value, rounds }
}
