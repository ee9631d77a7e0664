import type { Cost, NodeContext, Rule } from '../node-context'
import type { Shape } from '../graph'
import { axisOf, elements, product } from '../sizes'

/** Operations for each element that goes in. */
const reductions: Readonly<Record<string, number>> = {
  ReduceSum: 1,
  ReduceMean: 1,
  ReduceMax: 1,
  ReduceMin: 1,
  ReduceProd: 1,
  ReduceL1: 2,
  ReduceL2: 2,
  ReduceSumSquare: 2,
  ReduceLogSum: 1,
  ReduceLogSumExp: 4,
}

function reducedShape(at: NodeContext, axes: readonly number[] | null, keeps: boolean): Shape {
  const input = at.shape(0)
  if (input === null || axes === null) return keeps && input !== null ? input.map(() => null) : null
  const gone = new Set(axes.map((axis) => axisOf(axis, input.length)))
  return keeps ? input.map((size, axis) => (gone.has(axis) ? 1 : size)) : input.filter((_, axis) => !gone.has(axis))
}

function reduce(op: string): Rule {
  return (at) => {
    const given = at.ints('axes') ?? (at.has(1) ? at.known(1) : [])
    const none = given?.length === 0
    const isCopy = none && at.int('noop_with_empty_axes', 0) === 1
    const axes = none && !isCopy ? (at.shape(0)?.map((_, axis) => axis) ?? null) : given
    at.give(0, at.dtype(0), reducedShape(at, axes, at.int('keepdims', 1) === 1), reducedValues(at, op))
    return { macs: 0, elementOps: isCopy ? 0 : product(reductions[op] ?? 1, elements(at.shape(0))) }
  }
}

/** Of a row of sizes: what shapes are made of. */
function reducedValues(at: NodeContext, op: string): readonly number[] | null {
  const values = at.shape(0)?.length === 1 ? at.known(0) : null
  if (values === null) return null
  switch (op) {
    case 'ReduceProd':
      return [values.reduce((a, b) => a * b, 1)]
    case 'ReduceSum':
      return [values.reduce((a, b) => a + b, 0)]
    case 'ReduceMax':
      return [Math.max(...values)]
    case 'ReduceMin':
      return [Math.min(...values)]
    default:
      return null
  }
}

function argument(at: NodeContext): Cost {
  at.give(0, 'int64', reducedShape(at, [at.int('axis', 0)], at.int('keepdims', 1) === 1))
  return { macs: 0, elementOps: elements(at.shape(0)) }
}

export const reductionRules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(Object.keys(reductions).map((op) => [op, reduce(op)])),
  ArgMax: argument,
  ArgMin: argument,
}
