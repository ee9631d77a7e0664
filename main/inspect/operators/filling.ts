// Operators that make elements of little or nothing.
import { elementType } from '../../runtime/onnx/element-types'
import { type Cost, mostValues, moves, type NodeContext, type Rule, type Values, views } from '../node-context'
import { elements } from '../sizes'
import { decodeSmall } from '../weight-values'

function constant(at: NodeContext): Cost {
  const value = at.attribute('value')?.t
  if (value !== undefined)
    at.give(0, elementType(value.dataType)?.name ?? null, value.dims.map(Number), decodeSmall(value))
  const one = at.attribute('value_int') ?? at.attribute('value_float')
  if (one !== undefined)
    at.give(0, one.name === 'value_int' ? 'int64' : 'float32', [], [one.name === 'value_int' ? Number(one.i) : one.f])
  const many = at.ints('value_ints') ?? at.attribute('value_floats')?.floats
  if (many !== undefined)
    at.give(0, at.attribute('value_ints') === undefined ? 'float32' : 'int64', [many.length], many)
  if (at.attribute('value_string') !== undefined) at.give(0, 'string', [])
  return views
}

function constantOfShape(at: NodeContext): Cost {
  const value = at.attribute('value')?.t
  const fill = value === undefined ? 0 : (decodeSmall(value)?.[0] ?? null)
  const shape = at.values(0)
  const count = elements(shape)
  const values: Values | null = count !== null && count <= mostValues ? Array.from({ length: count }, () => fill) : null
  at.give(0, value === undefined ? 'float32' : (elementType(value.dataType)?.name ?? null), shape, values)
  return { ...moves, bytesMoved: at.outputBytes() }
}

function rangeOf(at: NodeContext): Cost {
  const [start, limit, delta] = [at.known(0)?.[0], at.known(1)?.[0], at.known(2)?.[0]]
  const isGiven = start !== undefined && limit !== undefined && delta !== undefined && delta !== 0
  const length = isGiven ? Math.max(0, Math.ceil((limit - start) / delta)) : null
  const values =
    length !== null && length <= mostValues ? Array.from({ length }, (_, index) => start! + index * delta!) : null
  at.give(0, at.dtype(0), [length], values)
  return { macs: 0, elementOps: length }
}

function cumSum(at: NodeContext): Cost {
  at.give(0, at.dtype(0), at.shape(0))
  return { macs: 0, elementOps: elements(at.outputShape()) }
}

export const fillingRules: Readonly<Record<string, Rule>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: rangeOf,
  CumSum: cumSum,
}
