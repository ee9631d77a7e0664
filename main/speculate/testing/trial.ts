import { samplingSchema, type Round, type Sampling, type Strategy } from '../../../contract/speculation'
import { AdaptivePlan } from '../adaptive-length'
import { decode, type Decoded } from '../decode'
import { FixedPlan, type DraftPlan } from '../draft-plan'
import { readPrompt } from '../read-prompt'
import type { DraftStrategy } from '../strategy'
import { VerifyCost } from '../verify-cost'
import { fitProbability } from './chi-square'
import type { MarkovTarget } from './markov'
import { exactDistribution, vocabulary, type MarkovTable } from './markov'

/** Token ids stand for themselves. */
export const idTokenizer = {
  decode: (ids: readonly number[]) => ids.map((id) => `${id} `).join(''),
  tokenText: (id: number) => String(id),
}

export interface MarkovTrial {
  readonly target: MarkovTarget
  readonly strategy: DraftStrategy
  readonly plan?: DraftPlan
  readonly sampling?: Partial<Sampling>
  readonly acceptance?: Strategy['acceptance']
  readonly maxTokens?: number
  readonly maxNodes?: number
  readonly endTokens?: ReadonlySet<number>
  readonly stop?: readonly string[]
  readonly contextLength?: number
  readonly prompt?: readonly number[]
  readonly onCommit?: (tokens: readonly number[]) => void
}

export const usualPrompt = [1, 2, 3]

export async function decodeOnce(trial: MarkovTrial): Promise<{ decoded: Decoded; rounds: Round[] }> {
  const { target, strategy } = trial
  const prompt = (await readPrompt(target, trial.prompt ?? usualPrompt, true, () => false))!
  const run = decode({
    target,
    prompt,
    strategy,
    plan: trial.plan ?? new FixedPlan(3),
    sampling: samplingSchema.parse({ temperature: 1, ...trial.sampling }),
    acceptance: trial.acceptance ?? 'exact',
    maxNodes: trial.maxNodes ?? 16,
    maxTokens: trial.maxTokens ?? 3,
    stop: trial.stop ?? [],
    endTokens: trial.endTokens ?? new Set(),
    contextLength: trial.contextLength ?? 1000,
    tokenizer: idTokenizer,
    fewestRows: 1,
    isCancelled: () => false,
    ...(trial.onCommit === undefined ? {} : { onCommit: trial.onCommit }),
  })
  const rounds: Round[] = []
  let step = await run.next()
  while (step.done !== true) {
    rounds.push(step.value)
    step = await run.next()
  }
  return { decoded: step.value, rounds }
}

/** How well texts of three tokens, drawn by speculation, fit the target's exact distribution: a probability. */
export async function fitOfSamples(table: MarkovTable, trial: MarkovTrial, draws = 10_000): Promise<number> {
  const length = 3
  const counts = new Array<number>(vocabulary ** length).fill(0)
  for (let seed = 0; seed < draws; seed += 1) {
    const { decoded } = await decodeOnce({ ...trial, maxTokens: length, sampling: { ...trial.sampling, seed } })
    const cell = decoded.tokens.reduce((number, token) => number * vocabulary + token, 0)
    counts[cell]! += 1
  }
  const settings = samplingSchema.parse({ temperature: 1, ...trial.sampling })
  return fitProbability(counts, exactDistribution(table, usualPrompt, length, settings))
}

export function adaptivePlan(drawn: boolean): AdaptivePlan {
  const curve = [
    { rows: 1, milliseconds: 1 },
    { rows: 8, milliseconds: 1.2 },
  ]
  return new AdaptivePlan(new VerifyCost(curve), { most: 8, drawn })
}
