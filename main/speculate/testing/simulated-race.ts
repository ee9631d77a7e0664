// Rounds of drafting with a plan, where guesses and costs are known beforehand: no clock, so two plans can be told apart that a
// machine's moods would hide. The guesses are those of a module along texts that plain decoding wrote (training/language/plan_guesses.py).

import type { CachedGraph, TokenCache } from '../../text/language-model'
import { AdaptivePlan } from '../adaptive-length'
import { LookupMtpStrategy } from '../strategies/lookup-mtp'
import { MtpStrategy } from '../strategies/mtp'
import type { CommittedHidden, Draft, DraftStrategy } from '../strategy'
import { VerifyCost } from '../verify-cost'

export interface KnownText {
  /** Prompt and answer. */
  readonly tokens: readonly number[]
  /** Tokens of the prompt. */
  readonly prompt: number
  /** [depth][row]: what row i of depth d, from 0, guesses of token i + d + 2. */
  readonly ids: readonly (readonly number[])[]
  readonly confidence: readonly (readonly number[])[]
}

/** Milliseconds. */
export interface Costs {
  /** The target's forward over 1, 2, ... rows; of more rows, what the last one added. */
  readonly rows: readonly number[]
  /** A draft's first step, and each further one. */
  readonly first: number
  readonly further: number
  /** All else in a round. */
  readonly rest: number
}

const mostNodes = 16
/** Of an answer: the plan does not know where the text ends. */
const mostTokens = 160

/** Multiples of plain decoding's tokens per second. */
export async function simulatedSpeedup(kind: 'mtp' | 'lookup-mtp', text: KnownText, costs: Costs): Promise<number> {
  const strategy = kind === 'mtp' ? new MtpStrategy(knownGuesses(text)) : new LookupMtpStrategy(knownGuesses(text))
  const verify = costs.rows.map((milliseconds, index) => ({ rows: index + 1, milliseconds }))
  const plan = new AdaptivePlan(new VerifyCost(verify), { most: mostNodes, drawn: false })
  const written = text.tokens.length - text.prompt
  const plain = written * (costs.rows[0]! + costs.rest)
  return plain / (await millisecondsOf(strategy, plan, text, costs))
}

async function millisecondsOf(
  strategy: DraftStrategy,
  plan: AdaptivePlan,
  text: KnownText,
  costs: Costs,
): Promise<number> {
  const tokens = text.tokens.slice(0, text.prompt)
  await strategy.reset({ tokens, hidden: rowsFrom(0, text.prompt - 1) })
  let sum = 0
  while (tokens.length < text.tokens.length) {
    const maxDepth = mostTokens - (tokens.length - text.prompt) - 1
    const drafted = maxDepth >= 1 && plan.begin()
    const context = { tokens, maxDepth, maxNodes: mostNodes, plan, drawWith: null, random: () => 0, cache: noCache() }
    const draft: Draft = drafted ? await strategy.draft(context) : { tree: [], steps: 0 }
    const tree = plan.prune(draft.tree, mostNodes)
    const examined = new Map<number, number>()
    let accepted = 0
    for (const { token } of tree) {
      const isRight = text.tokens[tokens.length + accepted] === token
      examined.set(accepted + 1, isRight ? 1 : 0)
      if (!isRight) break
      accepted += 1
    }
    const from = tokens.length - 1
    const emitted = Math.min(accepted + 1, text.tokens.length - tokens.length)
    tokens.push(...text.tokens.slice(tokens.length, tokens.length + emitted))
    const draftMilliseconds = draft.steps === 0 ? 0 : costs.first + (draft.steps - 1) * costs.further
    const verifyMilliseconds = forward(costs.rows, tree.length + 1)
    sum += draftMilliseconds + verifyMilliseconds + costs.rest
    const { steps, way } = draft
    plan.observe({
      tree,
      way,
      drafted,
      examined,
      emitted,
      draftMilliseconds,
      verifyMilliseconds,
      rows: tree.length + 1,
      steps,
    })
    await strategy.observe({ tokens, hidden: rowsFrom(from, emitted) })
  }
  return sum
}

function forward(rows: readonly number[], count: number): number {
  const [before = 0, last = 0] = rows.slice(-2)
  return rows[count - 1] ?? last + (count - rows.length) * (last - before)
}

/** Hidden states that say where they stand: position and depth. */
function rowsFrom(from: number, rows: number): CommittedHidden {
  const values = Float32Array.from(Array.from({ length: rows }, (_, row) => [from + row, 0]).flat())
  return { from, rows, values }
}

/** The module as a graph that knows its guesses by the place of the hidden state that it is given. */
function knownGuesses({ ids, confidence }: KnownText): CachedGraph {
  return {
    role: 'mtp',
    cacheLayers: 1,
    topCount: 1,
    createCache: noCache,
    run: async ({ hidden = new Float32Array() }) => {
      const [row = 0, depth = 0] = hidden.subarray(-2)
      const known = Math.min(depth, ids.length - 1)
      const outputs: Record<string, Float32Array> = {
        hidden_out: Float32Array.of(row, depth + 1),
        top_values: Float32Array.of(Math.log(confidence[known]?.[row] ?? 0.5)),
        log_sum_exp: Float32Array.of(0),
      }
      return {
        rows: 1,
        float: (name) => outputs[name]!,
        ints: () => Int32Array.of(ids[known]?.[row] ?? 0),
        shape: () => [1, 1, 1],
      }
    },
  }
}

function noCache(): TokenCache {
  return { length: 0, truncate: () => undefined, keepRows: () => undefined }
}
