import { elementBits } from '../runtime/onnx/element-types'
import type { Shape } from './graph'

// Arithmetic with sizes of which some are unknown: whatever an unknown enters is unknown.

/** The product; null as soon as one factor is. 1 for none. */
export function product(...factors: readonly (number | null)[]): number | null {
  let result = 1
  for (const factor of factors) {
    if (factor === null) return null
    result *= factor
  }
  return result
}

/** The sum; null as soon as one term is. */
export function sum(...terms: readonly (number | null)[]): number | null {
  let result = 0
  for (const term of terms) {
    if (term === null) return null
    result += term
  }
  return result
}

/** How many elements a shape holds; null where that is unknown. */
export function elements(shape: Shape): number | null {
  return shape === null ? null : product(...shape)
}

/** Bytes of a tensor in memory; null where its size or type is unknown. */
export function tensorBytes(dtype: string | null, shape: Shape): number | null {
  const count = elements(shape)
  if (count === null || dtype === null) return null
  const bits = elementBits(dtype)
  return bits === 0 ? null : Math.ceil((count * bits) / 8)
}

/** An axis counted from the front; null where it lies outside the rank. */
export function axisOf(axis: number, rank: number): number | null {
  const front = axis < 0 ? axis + rank : axis
  return Number.isInteger(front) && front >= 0 && front < rank ? front : null
}

/** The shape of an element-wise operation over several, by NumPy's rule; null where a rank is unknown. */
export function broadcast(...shapes: readonly Shape[]): Shape {
  if (shapes.some((shape) => shape === null)) return null
  const known = shapes as readonly (readonly (number | null)[])[]
  const rank = Math.max(0, ...known.map((shape) => shape.length))
  return Array.from({ length: rank }, (_, place) => {
    let size: number | null = 1
    for (const shape of known) {
      const at = place - (rank - shape.length)
      const other = at < 0 ? 1 : shape[at]!
      if (other === 1) continue
      // A size above 1 decides; an unknown one may still be 1.
      if (size === 1 || (size === null && other !== null)) size = other
    }
    return size
  })
}

/** Whether every size is known. */
export function isKnown(shape: Shape): shape is readonly number[] {
  return shape !== null && !shape.includes(null)
}
