// TaylorSeer: most passes of a drawing are not run but extrapolated from the last ones by a Taylor series of finite differences.
// Each layer's output is overwritten by the next, so only the last hidden state counts, and the method lives outside the graph.
// Source: Liu et al., "From Reusable to Forecasting" (2025); the official code's schedule and orders.

import { runsPass } from './schedule'

/** Highest derivative. */
const maxOrder = 6
/** Passes before this one leave no derivatives: they are too rough. */
const firstDerivative = 4

/** Hidden states of one branch, pass after pass. */
export class TaylorSeer {
  /** The last state that was run, and its derivatives by passes. */
  #factors: Float32Array[] = []
  #predicted = new Float32Array(0)
  #pass = 0
  #lastRun = 0

  /** Whether the next pass is to be run: `keep` must follow then, else `predict`. */
  get runsNext(): boolean {
    return runsPass(this.#pass)
  }

  /** Takes in the state of a pass that was run. The array is kept, and written over later. */
  keep(hidden: Float32Array): void {
    const distance = this.#pass - this.#lastRun
    const before = this.#factors
    const factors = [hidden]
    while (this.#pass >= firstDerivative && factors.length <= maxOrder && factors.length <= before.length) {
      // Each derivative takes the place of the earlier value that it is made from, which nothing needs any more.
      const [lower, earlier] = [factors.at(-1)!, before[factors.length - 1]!]
      for (let i = 0; i < earlier.length; i++) earlier[i] = (lower[i]! - earlier[i]!) / distance
      factors.push(earlier)
    }
    this.#factors = factors
    this.#lastRun = this.#pass
    this.#pass += 1
  }

  /** The state expected of a pass that is not run; valid until the next prediction. */
  predict(): Float32Array {
    const distance = this.#pass - this.#lastRun
    this.#pass += 1
    const [state, ...derivatives] = this.#factors
    if (state === undefined) throw new RangeError('Nothing was run to predict from')
    if (this.#predicted.length !== state.length) this.#predicted = new Float32Array(state.length)
    const sum = this.#predicted
    sum.set(state)
    let weight = 1
    for (const [index, factor] of derivatives.entries()) {
      weight *= distance / (index + 1)
      for (let i = 0; i < sum.length; i++) sum[i]! += weight * factor[i]!
    }
    return sum
  }
}
