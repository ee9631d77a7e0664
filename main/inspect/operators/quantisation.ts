import { elementType } from '../../runtime/onnx/element-types'
import { moves, type Cost, type NodeContext, type Rule } from '../node-context'
import { axisOf, broadcast, elements, product, sum } from '../sizes'

/** Divide, round, add, clip. */
function quantize(at: NodeContext): Cost {
  const named = at.int('output_dtype', 0)
  const dtype = at.has(2) ? at.dtype(2) : named === 0 ? 'uint8' : (elementType(named)?.name ?? null)
  at.give(0, dtype, at.shape(0))
  return { macs: 0, elementOps: product(4, elements(at.outputShape())) }
}

/** Subtract, multiply. */
function dequantize(at: NodeContext): Cost {
  at.give(0, at.dtype(1), at.shape(0))
  return { macs: 0, elementOps: product(2, elements(at.outputShape())) }
}

/** Two passes for the range, then as above. */
function dynamicQuantize(at: NodeContext): Cost {
  at.give(0, 'uint8', at.shape(0))
  at.give(1, 'float32', [])
  at.give(2, 'uint8', [])
  return { macs: 0, elementOps: product(6, elements(at.shape(0))) }
}

/** Both inputs with scale and zero point: unpacked, combined, packed. */
function binary(at: NodeContext): Cost {
  at.give(0, at.dtype(0), broadcast(at.shape(0), at.shape(3)))
  return { macs: 0, elementOps: product(9, elements(at.outputShape())) }
}

/** Scale and zero point of the output, then three inputs for each part. */
function concat(at: NodeContext): Cost {
  const parts = Array.from({ length: Math.floor((at.inputs - 2) / 3) }, (_, part) => at.shape(2 + 3 * part))
  const [first = null] = parts
  const axis = first === null ? null : axisOf(at.int('axis', 0), first.length)
  const sizes = parts.map((shape) => (axis === null ? null : (shape?.[axis] ?? null)))
  at.give(0, at.dtype(2), axis === null ? null : first!.map((size, place) => (place === axis ? sum(...sizes) : size)))
  return moves
}

export const quantisationRules: Readonly<Record<string, Rule>> = {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: dynamicQuantize,
  QLinearAdd: binary,
  QLinearMul: binary,
  QLinearConcat: concat,
}
