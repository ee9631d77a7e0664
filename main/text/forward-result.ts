import type { ForwardResult, GraphOutputs, LogitsRow } from './language-model'
import { topIndices } from './top-values'

/** Outputs of `target` and `upper` that every forward fetches. */
export const rowOutputs = ['top_values', 'top_ids', 'log_sum_exp'] as const

/** The answer of `target` or `upper`; logits and hidden states are there where they were fetched. */
export function forwardResultOf(
  outputs: GraphOutputs,
  fetched: { readonly logits?: boolean | undefined; readonly hidden?: boolean | undefined } = {},
): ForwardResult {
  const [topValues, topIds, logSumExp] = [
    outputs.float('top_values'),
    outputs.ints('top_ids'),
    outputs.float('log_sum_exp'),
  ]
  const logits = fetched.logits === true ? outputs.float('logits') : null
  const { rows } = outputs
  const part = <A extends Float32Array | Int32Array>(values: A, index: number): A => {
    const size = values.length / rows
    return values.subarray(index * size, (index + 1) * size) as A
  }
  return {
    rows,
    hidden: fetched.hidden === true ? outputs.float('hidden') : null,
    row: (index): LogitsRow => {
      checkRow(index, rows)
      return {
        topValues: part(topValues, index),
        topIds: part(topIds, index),
        logSumExp: logSumExp[index]!,
        logits: logits === null ? null : part(logits, index),
      }
    },
  }
}

/** The top tokens of a forward in our graphs. */
const topCount = 64

/** The same from all logits, [rows, vocabulary], for graphs that return nothing else. */
export function forwardResultFromLogits(logits: Float32Array, rows: number): ForwardResult {
  const size = logits.length / rows
  return {
    rows,
    hidden: null,
    row: (index): LogitsRow => {
      checkRow(index, rows)
      const row = logits.subarray(index * size, (index + 1) * size)
      const topIds = topIndices(row, topCount)
      const topValues = Float32Array.from(topIds, (id) => row[id]!)
      return { topIds, topValues, logSumExp: logSumExpOf(row, topValues[0]!), logits: row }
    },
  }
}

function logSumExpOf(values: Float32Array, highest: number): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i]! - highest)
  return highest + Math.log(sum)
}

function checkRow(index: number, rows: number): void {
  if (index < 0 || index >= rows) throw new RangeError(`A forward of ${rows} rows has no row ${index}`)
}
