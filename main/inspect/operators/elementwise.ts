import { elementType } from '../../runtime/onnx/element-types'
import { type Cost, mostValues, moves, type NodeContext, type Rule, type Values } from '../node-context'
import { broadcast, elements, product } from '../sizes'
import type { Shape } from '../graph'

// Operators on single elements. An operation is what a reader would count on paper: a comparison, an addition, an
// exponential are one each; the numbers below are of the usual formula of each function.

const unaryOps: Readonly<Record<string, number>> = {
  Abs: 1, Neg: 1, Sqrt: 1, Exp: 1, Log: 1, Sin: 1, Cos: 1, Tan: 1, Asin: 1, Acos: 1, Atan: 1, Sinh: 1, Cosh: 1,
  Asinh: 1, Acosh: 1, Atanh: 1, Erf: 1, Floor: 1, Ceil: 1, Round: 1, Sign: 1, Reciprocal: 1, Not: 1, BitwiseNot: 1,
  IsNaN: 1, IsInf: 1, Relu: 1, LeakyRelu: 2, ThresholdedRelu: 1, Elu: 3, Selu: 4, Celu: 4, Shrink: 2, Clip: 2,
  // x / (1 + e^-x) and the like: negate, exponential, add, divide.
  Sigmoid: 4, Softplus: 3, Softsign: 3, Tanh: 1, HardSigmoid: 4, HardSwish: 5, Mish: 5, Swish: 5, QuickGelu: 5,
  // 0.5 x (1 + erf(x / sqrt 2)).
  Gelu: 5, FastGelu: 8, BiasGelu: 6, QLinearSigmoid: 4, QLinearLeakyRelu: 2,
} // prettier-ignore

const unaryValues: Readonly<Record<string, (x: number) => number>> = {
  Abs: Math.abs,
  Neg: (x) => -x,
  Sqrt: Math.sqrt,
  Exp: Math.exp,
  Log: Math.log,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Round: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  Sign: Math.sign,
  Reciprocal: (x) => 1 / x,
  Not: (x) => (x === 0 ? 1 : 0),
  Relu: (x) => Math.max(0, x),
}

const isWhole = (dtype: string | null): boolean => dtype !== null && /^u?int/.test(dtype)

const binaryValues: Readonly<Record<string, (a: number, b: number, whole: boolean) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b, whole) => (whole ? Math.trunc(a / b) : a / b),
  Pow: (a, b) => a ** b,
  Mod: (a, b) => a - b * Math.floor(a / b),
  Min: (a, b) => Math.min(a, b),
  Max: (a, b) => Math.max(a, b),
  Sum: (a, b) => a + b,
  And: (a, b) => (a !== 0 && b !== 0 ? 1 : 0),
  Or: (a, b) => (a !== 0 || b !== 0 ? 1 : 0),
  Xor: (a, b) => ((a !== 0) === (b !== 0) ? 0 : 1),
  Equal: (a, b) => (a === b ? 1 : 0),
  Greater: (a, b) => (a > b ? 1 : 0),
  GreaterOrEqual: (a, b) => (a >= b ? 1 : 0),
  Less: (a, b) => (a < b ? 1 : 0),
  LessOrEqual: (a, b) => (a <= b ? 1 : 0),
}

const arithmetic = ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Mod', 'Min', 'Max', 'Sum', 'Mean', 'PRelu'] as const
const bits = ['BitShift', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor'] as const
const comparisons = ['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Xor'] as const

function unary(op: string, dtype: (at: NodeContext) => string | null = (at) => at.dtype(0)): Rule {
  const perElement = unaryOps[op] ?? 1
  const compute = unaryValues[op]
  return (at) => {
    const shape = at.shape(0)
    const values = compute === undefined ? null : (at.values(0)?.map((x) => (x === null ? null : compute(x))) ?? null)
    at.give(0, dtype(at), shape, values)
    return { macs: 0, elementOps: product(perElement, elements(at.outputShape())) }
  }
}

/** Where an element of a broadcast result comes from in one of its inputs. */
function sourceIndex(index: number, shape: readonly (number | null)[], from: readonly (number | null)[]): number {
  let source = 0
  let stride = 1
  let rest = index
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const size = shape[axis]!
    const position = rest % size
    rest = Math.floor(rest / size)
    const at = axis - (shape.length - from.length)
    if (at < 0) continue
    if (from[at]! !== 1) source += position * stride
    stride *= from[at]!
  }
  return source
}

/** The values of an element-wise operation over several inputs of known shape; null where they are not followed. */
function broadcastValues(at: NodeContext, shape: Shape, compute: (row: readonly number[]) => number): Values | null {
  const count = elements(shape)
  if (shape === null || count === null || count > mostValues) return null
  const sources: { values: Values; shape: readonly (number | null)[] }[] = []
  for (let input = 0; input < at.inputs; input += 1) {
    const values = at.values(input)
    const from = at.shape(input)
    if (values === null || from === null) return null
    sources.push({ values, shape: from })
  }
  return Array.from({ length: count }, (_, index) => {
    const row = sources.map((source) => source.values[sourceIndex(index, shape, source.shape)] ?? null)
    return row.includes(null) ? null : compute(row as number[])
  })
}

function inputShapes(at: NodeContext): Shape {
  return broadcast(...Array.from({ length: at.inputs }, (_, input) => at.shape(input)))
}

function nary(op: string, dtype: (at: NodeContext) => string | null): Rule {
  const compute = binaryValues[op]
  return (at) => {
    const shape = inputShapes(at)
    const whole = isWhole(at.dtype(0))
    const values =
      compute === undefined ? null : broadcastValues(at, shape, (row) => row.reduce((a, b) => compute(a, b, whole)))
    at.give(0, dtype(at), shape, values)
    return { macs: 0, elementOps: product(Math.max(1, at.inputs - 1), elements(at.outputShape())) }
  }
}

function where(at: NodeContext): Cost {
  const shape = inputShapes(at)
  const values = broadcastValues(at, shape, ([condition, yes, no]) => (condition !== 0 ? yes! : no!))
  at.give(0, at.dtype(1), shape, values)
  return { macs: 0, elementOps: elements(at.outputShape()) }
}

function castTo(at: NodeContext, dtype: string | null): Cost {
  const whole = isWhole(dtype)
  const values = at
    .values(0)
    ?.map((x) => (x === null ? null : whole ? Math.trunc(x) : dtype === 'bool' ? Number(x !== 0) : x))
  at.give(0, dtype, at.shape(0), values ?? null)
  return { macs: 0, elementOps: elements(at.outputShape()) }
}

/** At inference a mask of ones: the input as it is. */
function dropout(at: NodeContext): Cost {
  at.give(0, at.dtype(0), at.shape(0), at.values(0))
  at.give(1, 'bool', at.shape(0))
  return moves
}

function random(at: NodeContext): Cost {
  const shape = at.inputs > 0 ? at.shape(0) : at.ints('shape')
  const named = at.attribute('dtype')
  at.give(0, named === undefined ? (at.dtype(0) ?? 'float32') : (elementType(Number(named.i))?.name ?? null), shape)
  return { macs: 0, elementOps: elements(at.outputShape()) }
}

const first = (at: NodeContext): string | null => at.dtype(0)
const named = (ops: readonly string[], make: (op: string) => Rule): Record<string, Rule> =>
  Object.fromEntries(ops.map((op) => [op, make(op)]))

export const elementwiseRules: Readonly<Record<string, Rule>> = {
  ...named(Object.keys(unaryOps), (op) => unary(op)),
  IsNaN: unary('IsNaN', () => 'bool'),
  IsInf: unary('IsInf', () => 'bool'),
  ...named([...arithmetic, ...bits], (op) => nary(op, first)),
  ...named(comparisons, (op) => nary(op, () => 'bool')),
  Where: where,
  Cast: (at) => castTo(at, elementType(at.int('to', 0))?.name ?? null),
  CastLike: (at) => castTo(at, at.dtype(1)),
  Dropout: dropout,
  ...named(['RandomNormal', 'RandomUniform', 'RandomNormalLike', 'RandomUniformLike', 'Bernoulli'], () => random),
}
