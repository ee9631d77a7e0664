import type { NodeContext, Rule } from '../node-context'
import { product } from '../sizes'

/** Steps N directions gates H (I + H); the gates' own arithmetic is counted as element operations. */
function recurrent(gates: number, opsPerUnit: number): Rule {
  return (at: NodeContext) => {
    const [input, weights] = [at.shape(0), at.shape(1)]
    const batchFirst = at.int('layout', 0) === 1
    const steps = input?.[batchFirst ? 1 : 0] ?? null
    const batch = input?.[batchFirst ? 0 : 1] ?? null
    const inputSize = input?.[2] ?? null
    const hidden = at.attribute('hidden_size') === undefined ? (at.shape(2)?.[2] ?? null) : at.int('hidden_size', 0)
    const directions = weights?.[0] ?? (at.text('direction', 'forward') === 'bidirectional' ? 2 : 1)
    const dtype = at.dtype(0)
    at.give(0, dtype, batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden])
    const last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
    at.give(1, dtype, last)
    at.give(2, dtype, last)
    const sums = inputSize === null || hidden === null ? null : inputSize + hidden
    return {
      macs: product(steps, batch, directions, gates, hidden, sums),
      elementOps: product(steps, batch, directions, hidden, opsPerUnit),
    }
  }
}

export const recurrentRules: Readonly<Record<string, Rule>> = {
  LSTM: recurrent(4, 18),
  GRU: recurrent(3, 14),
  RNN: recurrent(1, 2),
}
