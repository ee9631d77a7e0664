import type { InspectedWeight } from '../../contract/inspection'
import type { InspectedFile } from './opened-model'

/** The element types of some weights, those with the most bytes first. */
export function precisions(
  weights: readonly Pick<InspectedWeight, 'dtype' | 'parameters' | 'bytes'>[],
): InspectedFile['precisions'] {
  const sums = new Map<string, { parameters: number; bytes: number }>()
  for (const { dtype, parameters, bytes } of weights) {
    const sum = sums.get(dtype) ?? { parameters: 0, bytes: 0 }
    sums.set(dtype, { parameters: sum.parameters + parameters, bytes: sum.bytes + bytes })
  }
  return [...sums].map(([dtype, sum]) => ({ dtype, ...sum })).sort((a, b) => b.bytes - a.bytes)
}
