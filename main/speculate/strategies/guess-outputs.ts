import type { GraphOutputs } from '../../text/language-model'
import type { Guess } from '../draft-chain'

/** What is copied out of a drafter's graph. Its logits stay inside. */
export const guessOutputs = ['top_values', 'top_ids', 'log_sum_exp'] as const

/** The guess of one row of a graph with the outputs [1, S, n]. */
export function guessOfRow(outputs: GraphOutputs, row: number): Guess {
  const count = outputs.shape('top_ids').at(-1) ?? 0
  return {
    topIds: outputs.ints('top_ids').subarray(row * count, (row + 1) * count),
    topValues: outputs.float('top_values').subarray(row * count, (row + 1) * count),
    logSumExp: outputs.float('log_sum_exp')[row]!,
  }
}

export function lastGuess(outputs: GraphOutputs): Guess {
  return guessOfRow(outputs, outputs.rows - 1)
}
