// The loop from noise to a latent: predict the velocity, move along it, put back what inpainting keeps.

import { StudioError } from '../../contract/errors'
import type { Guidance } from './guidance'
import type { Repaint } from './inpaint'
import { predictClean, type Solver } from './samplers'

export interface DenoiseOptions {
  /** The noise levels to run through, the last one 0. */
  readonly sigmas: Float32Array
  readonly guidance: Guidance
  readonly solver: Solver
  readonly repaint?: Repaint | undefined
  readonly now: () => number
  /**
   * Told after each step.
   * @param clean what the finished latent is expected to be; valid until the next step
   */
  readonly onStep: (step: number, sigma: number, milliseconds: number, clean: Float32Array) => void | Promise<void>
}

export interface Denoised {
  /** The finished latent, or what it was expected to be when the run was stopped. */
  readonly latent: Float32Array
  readonly stepsDone: number
  readonly isStopped: boolean
}

/**
 * Denoises a latent in place.
 * @param latent at the first sigma
 * @throws StudioError NOT_FINITE; a cancel between steps is not thrown but ends the loop
 */
export async function denoise(latent: Float32Array, options: DenoiseOptions): Promise<Denoised> {
  const { sigmas, guidance, solver, repaint, now, onStep } = options
  const steps = sigmas.length - 1
  const clean = new Float32Array(latent.length)
  // The solver goes on from the plain prediction; only what is shown and kept has the picture put back.
  const shown = repaint === undefined ? clean : new Float32Array(latent.length)
  for (let index = 0; index < steps; index++) {
    const [sigma, next] = [sigmas[index]!, sigmas[index + 1]!]
    const started = now()
    try {
      const velocity = await guidance.predict(latent, sigma, index, steps)
      predictClean(latent, velocity, sigma, clean)
      solver.step(latent, velocity, clean, sigma, next)
    } catch (error) {
      if (!(error instanceof StudioError) || error.code !== 'CANCELLED') throw error
      return { latent: shown, stepsDone: index, isStopped: true }
    }
    if (repaint !== undefined) {
      repaint.apply(latent, next)
      shown.set(clean)
      repaint.apply(shown, 0)
    }
    await onStep(index + 1, next, now() - started, shown)
  }
  return { latent, stepsDone: steps, isStopped: false }
}
