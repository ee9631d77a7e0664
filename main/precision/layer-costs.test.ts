import { describe, expect, it } from 'vitest'
import { recipeSchema } from '../../contract/precision'
import type { Kernel } from '../../contract/precision-results'
import { layerCosts, mixCost } from './layer-costs'
import type { WeightLayer } from './weight-layers'

const layer = (name: string, weight: string, weights: number) => ({ name, weight, weights }) as WeightLayer
const kernel = (operator: string, milliseconds: number): Kernel => ({
  operator,
  provider: 'CPUExecutionProvider',
  count: 1,
  milliseconds,
})

// Two layers of one weight, such as a head on two scales, and one of its own.
const layers = [layer('large map', 'head', 100), layer('small map', 'head', 100), layer('last', 'own', 50)]
const int8 = recipeSchema.parse({ column: 'int8-static' })
const high = {
  milliseconds: new Map([
    ['large map', 6],
    ['small map', 2],
    ['last', 2],
  ]),
  kernels: [kernel('Conv', 10), kernel('Relu', 1)],
}

describe('what layers take', () => {
  const costs = layerCosts(layers, int8, high, [kernel('QLinearConv', 5), kernel('Relu', 1)])

  it('is shared out by what they took in float32, not by their weights', () => {
    expect(['large map', 'small map', 'last'].map((name) => costs.get(name)!.lowMilliseconds)).toEqual([3, 1, 1])
  })

  it('is shared out by their weights where no time is known', () => {
    const unknown = layerCosts(layers, int8, { milliseconds: new Map(), kernels: [] }, [kernel('QLinearConv', 5)])
    expect(unknown.get('last')!.lowMilliseconds).toBe(1)
  })

  it('counts a weight that two layers read once, and twice where only one of them is raised', () => {
    expect(mixCost(layers, [false, false, false], costs)).toEqual({ milliseconds: 5, bytes: 150 })
    expect(mixCost(layers, [true, false, false], costs)).toEqual({ milliseconds: 8, bytes: 400 + 100 + 50 })
    expect(mixCost(layers, [true, true, true], costs)).toEqual({ milliseconds: 10, bytes: 400 + 200 })
  })
})
