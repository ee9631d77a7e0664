import type { Recipe } from '../../contract/precision'
import type { Kernel } from '../../contract/precision-results'
import type { LayerCost } from './mix-search'
import type { WeightLayer } from './weight-layers'

/** Bytes that a weight takes in a recipe's format, scales included. Emulated formats count as if they were stored. */
function bytesPerWeight({ column, blockSize, symmetric }: Recipe): number {
  switch (column) {
    case 'fp32':
    case 'own':
      return 4
    case 'fp16':
    case 'fp16-emulated':
    case 'bf16':
      return 2
    case 'fp8-e4m3':
    case 'fp8-e5m2':
    case 'int8-dynamic':
    case 'int8-static':
      return 1
    case 'int8-weights':
      return 1 + (symmetric ? 4 : 5) / blockSize
    case 'int4':
      return 0.5 + (symmetric ? 4 : 4.5) / blockSize
  }
}

function total(kernels: readonly Kernel[]): number {
  return kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
}

/**
 * What each layer takes high and low. High times are the reference's own, by name; low times are what the low column takes beside
 * the rest of the reference, shared out by numbers of weights, since fused operations do not name the layers they were.
 */
export function layerCosts(
  layers: readonly WeightLayer[],
  recipe: Recipe,
  high: { readonly milliseconds: ReadonlyMap<string, number>; readonly kernels: readonly Kernel[] },
  low: readonly Kernel[],
): Map<string, LayerCost> {
  const weights = layers.reduce((sum, layer) => sum + layer.weights, 0)
  const named = layers.reduce((sum, { name }) => sum + (high.milliseconds.get(name) ?? 0), 0)
  const lowTotal = Math.max(0, total(low) - (total(high.kernels) - named))
  const perWeight = bytesPerWeight(recipe)
  return new Map(
    layers.map((layer) => [
      layer.name,
      {
        highMilliseconds: high.milliseconds.get(layer.name) ?? 0,
        lowMilliseconds: weights === 0 ? 0 : (lowTotal * layer.weights) / weights,
        highBytes: 4 * layer.weights,
        lowBytes: perWeight * layer.weights,
      },
    ]),
  )
}
