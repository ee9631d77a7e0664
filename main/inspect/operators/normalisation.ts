import type { Cost, NodeContext, Rule } from '../node-context'
import { elements, product } from '../sizes'

/**
 * Operations for each element. Mean and variance are three (add, subtract, square and add), scaling by the deviation, by the
 * weight and adding the bias one each; softmax takes maximum, difference, exponential, sum and division.
 */
const perElement: Readonly<Record<string, number>> = {
  BatchNormalization: 2,
  InstanceNormalization: 7,
  GroupNormalization: 7,
  GroupNorm: 7,
  LayerNormalization: 7,
  MeanVarianceNormalization: 5,
  SimplifiedLayerNormalization: 4,
  RMSNormalization: 4,
  SkipLayerNormalization: 8,
  SkipSimplifiedLayerNormalization: 5,
  LpNormalization: 3,
  LRN: 6,
  Softmax: 5,
  LogSoftmax: 6,
  Hardmax: 2,
  QLinearSoftmax: 5,
}

/** The statistics that some of them give as well, as ones where the axes were. */
function statistics(at: NodeContext): void {
  const input = at.shape(0)
  const axis = at.int('axis', -1)
  const from = input === null ? 0 : axis < 0 ? axis + input.length : axis
  const reduced = input === null ? null : input.map((size, place) => (place < from ? size : 1))
  at.give(1, 'float32', reduced)
  at.give(2, 'float32', reduced)
}

function normalise(op: string): Rule {
  return (at): Cost => {
    at.give(0, at.dtype(0), at.shape(0))
    if (op.endsWith('LayerNormalization')) statistics(at)
    if (op.startsWith('Skip')) at.give(3, at.dtype(0), at.shape(0))
    return { macs: 0, elementOps: product(perElement[op] ?? 1, elements(at.outputShape())) }
  }
}

export const normalisationRules: Readonly<Record<string, Rule>> = Object.fromEntries(
  Object.keys(perElement).map((op) => [op, normalise(op)]),
)
