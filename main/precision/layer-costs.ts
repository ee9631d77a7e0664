import type { Recipe } from '../../contract/precision'
import type { Kernel } from '../../contract/precision-results'
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

/** Times and sizes of a layer, high and low: what raising it costs. */
export interface LayerCost {
  readonly highMilliseconds: number
  readonly lowMilliseconds: number
  readonly highBytes: number
  readonly lowBytes: number
}

/**
 * What each layer takes high and low. High times are the reference's own, by name; low times are what the low column takes beside
 * the rest of the reference, shared out by the high ones (by numbers of weights where no time is known), since fused operations do not
 * name the layers they were.
 */
export function layerCosts(
  layers: readonly WeightLayer[],
  recipe: Recipe,
  high: { readonly milliseconds: ReadonlyMap<string, number>; readonly kernels: readonly Kernel[] },
  low: readonly Kernel[],
): Map<string, LayerCost> {
  const named = layers.reduce((sum, { name }) => sum + (high.milliseconds.get(name) ?? 0), 0)
  const lowTotal = Math.max(0, total(low) - (total(high.kernels) - named))
  const weights = layers.reduce((sum, layer) => sum + layer.weights, 0)
  const share = ({ name, weights: own }: WeightLayer): number =>
    named > 0 ? (high.milliseconds.get(name) ?? 0) / named : weights === 0 ? 0 : own / weights
  const perWeight = bytesPerWeight(recipe)
  return new Map(
    layers.map((layer) => [
      layer.name,
      {
        highMilliseconds: high.milliseconds.get(layer.name) ?? 0,
        lowMilliseconds: lowTotal * share(layer),
        highBytes: 4 * layer.weights,
        lowBytes: perWeight * layer.weights,
      },
    ]),
  )
}

/**
 * What a mix takes. A weight that several layers read is stored once, or once in either form where some of them are raised.
 * @param high which layers are raised, in their order
 */
export function mixCost(
  layers: readonly Pick<WeightLayer, 'name' | 'weight'>[],
  high: readonly boolean[],
  costs: ReadonlyMap<string, LayerCost>,
): { milliseconds: number; bytes: number } {
  let milliseconds = 0
  const stored = new Map<string, number>()
  for (const [index, { name, weight }] of layers.entries()) {
    const cost = costs.get(name)
    if (cost === undefined) continue
    const isHigh = high[index] === true
    milliseconds += isHigh ? cost.highMilliseconds : cost.lowMilliseconds
    stored.set(`${isHigh ? 'high' : 'low'} ${weight}`, isHigh ? cost.highBytes : cost.lowBytes)
  }
  return { milliseconds, bytes: [...stored.values()].reduce((sum, bytes) => sum + bytes, 0) }
}
