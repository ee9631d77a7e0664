import { describe, expect, it } from 'vitest'
import { createToy, stepToy, toyAnswer, toyPoints, type ToyOptions, type ToyState, type ToyStep } from './precision-toy'

const plain: ToyOptions = {
  format: 'fp32',
  masterWeights: true,
  lossScale: 1,
  wideSums: true,
  learningRate: 1,
  seed: 3,
}

function train(options: ToyOptions, steps: number): ToyStep {
  let last = stepToy(createToy(options))
  for (let step = 1; step < steps; step++) last = stepToy(last.state)
  return last
}

/** The loss at some weights, from the answers alone. */
function lossAt(state: ToyState): number {
  return (
    toyPoints.reduce((sum, { x, y, label }) => {
      const answer = toyAnswer(state, x, y)
      return sum + Math.log1p(Math.exp(label === 1 ? -answer : answer))
    }, 0) / toyPoints.length
  )
}

describe('the small network', () => {
  it("takes gradients that are the loss's slopes", () => {
    const options: ToyOptions = { ...plain, format: 'fp64', learningRate: 1 }
    const before = createToy(options)
    const after = stepToy(before).state
    for (const [part, place] of [
      [0, 5],
      [1, 2],
      [2, 7],
      [3, 0],
    ] as const) {
      const moved = (by: number): ToyState => ({
        ...before,
        weights: before.weights.map((array, index) =>
          index === part ? array.map((value, at) => (at === place ? value + by : value)) : array,
        ),
      })
      const slope = (lossAt(moved(2 ** -8)) - lossAt(moved(-(2 ** -8)))) / 2 ** -7
      expect(before.weights[part]![place]! - after.weights[part]![place]!).toBeCloseTo(slope, 4)
    }
  })

  it('learns in float32, and the same way again', () => {
    const first = stepToy(createToy(plain))
    const last = train(plain, 150)
    expect(last.loss).toBeLessThan(0.7 * first.loss)
    expect(train(plain, 150).loss).toBe(last.loss)
  })

  it('loses updates without master weights, and none of them with', () => {
    const half = { ...plain, format: 'bf16' as const, learningRate: 0.02 }
    expect(train({ ...half, masterWeights: true }, 5).lostUpdates).toBeLessThan(0.05)
    expect(train({ ...half, masterWeights: false }, 5).lostUpdates).toBeGreaterThan(0.5)
  })

  it('has gradients that vanish in a narrow format unless the loss is scaled', () => {
    const zeros = (lossScale: number): number =>
      stepToy(createToy({ ...plain, format: 'fp8-e5m2', lossScale })).gradients.zeros
    expect(zeros(1024)).toBeLessThan(zeros(1 / 1024))
  })

  it('halves a dynamic scale that overflows, without taking the step', () => {
    const start = createToy({ ...plain, format: 'fp16', lossScale: 'dynamic' })
    const high: ToyState = { ...start, scale: 2 ** 40 }
    const { skipped, state } = stepToy(high)
    expect([skipped, state.scale]).toEqual([true, 2 ** 39])
    expect(state.weights).toBe(high.weights)
  })
})
