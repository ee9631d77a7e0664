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
  #pass = 0
  #lastRun = 0

  /** Whether the next pass is to be run: `keep` must follow then, else `predict`. */
  get runsNext(): boolean {
    return runsPass(this.#pass)
  }

  /** Takes in the state of a pass that was run. The array is kept. */
  keep(hidden: Float32Array): void {
    const distance = this.#pass - this.#lastRun
    const before = this.#factors
    const factors = [hidden]
    while (this.#pass >= firstDerivative && factors.length <= maxOrder && factors.length <= before.length) {
      const [lower, earlier] = [factors.at(-1)!, before[factors.length - 1]!]
      factors.push(lower.map((value, i) => (value - earlier[i]!) / distance))
    }
    this.#factors = factors
    this.#lastRun = this.#pass
    this.#pass += 1
  }

  /** The state expected of a pass that is not run. */
  predict(): Float32Array {
    const distance = this.#pass - this.#lastRun
    this.#pass += 1
    const sum = new Float32Array(this.#factors[0]!.length)
    let weight = 1
    for (const [order, factor] of this.#factors.entries()) {
      if (order > 0) weight *= distance / order
      for (let i = 0; i < sum.length; i++) sum[i]! += weight * factor[i]!
    }
    return sum
  }
}
