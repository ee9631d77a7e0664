// Solvers of the flow's ordinary differential equation, in place and in float32, with sigma as time.

import type { Sampler } from '../../contract/images'

/** Moves a latent from one noise level to the next. One object serves one run: some keep the step before. */
export interface Solver {
  /**
   * @param latent x at `sigma`; becomes x at `next`
   * @param velocity the model's prediction, noise minus picture
   * @param clean the predicted clean latent, x - sigma * velocity
   */
  step(latent: Float32Array, velocity: Float32Array, clean: Float32Array, sigma: number, next: number): void
}

/** A fresh solver by its name in the settings. */
export function createSolver(sampler: Sampler): Solver {
  switch (sampler) {
    case 'euler':
      return { step: eulerStep }
    case 'dpmpp-2m':
      return new DpmSolver2M()
  }
}

/** clean = latent - sigma * velocity: what the model takes the finished latent to be. */
export function predictClean(latent: Float32Array, velocity: Float32Array, sigma: number, clean: Float32Array): void {
  for (let i = 0; i < latent.length; i++) clean[i] = latent[i]! - sigma * velocity[i]!
}

function eulerStep(
  latent: Float32Array,
  velocity: Float32Array,
  _clean: Float32Array,
  sigma: number,
  next: number,
): void {
  const change = Math.fround(next - sigma)
  for (let i = 0; i < latent.length; i++) latent[i]! += change * velocity[i]!
}

/**
 * DPM-Solver++ of second order with two steps of memory, in the time t = -ln sigma, as Stability AI's script runs it:
 * x <- (next / sigma) x + (1 - e^-h) D, where D is the clean prediction on the first and last step and its
 * extrapolation from two in between.
 */
class DpmSolver2M implements Solver {
  #previousClean: Float32Array | undefined
  #previousH = 0

  step(latent: Float32Array, _velocity: Float32Array, clean: Float32Array, sigma: number, next: number): void {
    if (next === 0) {
      latent.set(clean)
      return
    }
    const h = Math.log(sigma / next)
    const keep = next / sigma
    const gain = -Math.expm1(-h)
    const previous = this.#previousClean
    // 1 / 2r with r = previous h / h: how far the line through the last two predictions is followed.
    const reach = previous === undefined ? 0 : h / (2 * this.#previousH)
    if (previous === undefined) {
      for (let i = 0; i < latent.length; i++) latent[i] = keep * latent[i]! + gain * clean[i]!
      this.#previousClean = clean.slice()
    } else {
      for (let i = 0; i < latent.length; i++) {
        latent[i] = keep * latent[i]! + gain * ((1 + reach) * clean[i]! - reach * previous[i]!)
      }
      previous.set(clean)
    }
    this.#previousH = h
  }
}
