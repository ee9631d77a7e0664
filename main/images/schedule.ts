// The noise schedule of rectified flow: x at sigma is (1 - sigma) * picture + sigma * noise, and the model is told the
// timestep 1000 * sigma. Source: diffusers FlowMatchEulerDiscreteScheduler; shift: SD3 paper, section 5.3.2.

import type { GenerateSettings, SigmaConversion } from '../../contract/images'
import { betaQuantile } from './beta-quantile'

export const TRAINING_STEPS = 1000
const KARRAS_RHO = 7
const BETA_SHAPE = 0.6

/** Shift that grows with the picture: exp of a line through two points (tokens, mu). Off in the published SD3 models. */
export interface DynamicShift {
  readonly baseShift: number
  readonly maxShift: number
  readonly baseTokens: number
  readonly maxTokens: number
}

export interface ScheduleOptions {
  readonly steps: number
  /** Ratio by which noise levels are moved up: S(u) = shift * u / (1 + (shift - 1) * u). */
  readonly shift: number
  readonly conversion?: SigmaConversion
  /**
   * Whether the lowest sigma is shifted before the list is made and with it once more, as diffusers and the reference
   * script both do. Off for dynamic shift.
   */
  readonly doubleShift?: boolean
}

/**
 * The noise levels of a run, from 1 down to 0: one more than the steps, float32 as the reference has them.
 * @param options steps at least 1, shift above 0
 */
export function sigmaSchedule(options: ScheduleOptions): Float32Array {
  const { steps, shift, conversion = 'none', doubleShift = true } = options
  const lowest = doubleShift ? lowestSigma(shift) : 1 / TRAINING_STEPS
  const shifted = Array.from({ length: steps }, (_, i) => applyShift(spaced(1, lowest, i, steps), shift))
  return Float32Array.from([...convert(shifted, conversion), 0])
}

/** S(u): moves a noise level up where the shift is above 1. Both are from 0 to 1. */
export function applyShift(u: number, shift: number): number {
  return (shift * u) / (1 + (shift - 1) * u)
}

/** The shift of a picture of so many transformer tokens. */
export function dynamicShift(tokens: number, rule: DynamicShift): number {
  const slope = (rule.maxShift - rule.baseShift) / (rule.maxTokens - rule.baseTokens)
  return Math.exp(rule.baseShift + slope * (tokens - rule.baseTokens))
}

/** The step at which a run from a picture starts: the whole list at strength 1, its end at small strengths. */
export function firstStep(steps: number, strength: number): number {
  return Math.floor(Math.max(steps - Math.min(steps * strength, steps), 0))
}

/** How many steps a run takes: those asked for, or the last of them where it starts from a picture. */
export function plannedSteps({ steps, initImage }: Pick<GenerateSettings, 'steps' | 'initImage'>): number {
  return initImage === undefined ? steps : steps - firstStep(steps, initImage.strength)
}

/**
 * How often training met each noise level: the logit-normal(0, 1) density after the shift, at `samples` evenly spaced
 * sigmas from 0 to 1. Its mean moves by ln(shift), because the shift multiplies the odds sigma / (1 - sigma).
 */
export function timestepDensity(shift: number, samples: number): number[] {
  return Array.from({ length: samples }, (_, i) => {
    const sigma = i / (samples - 1)
    if (sigma <= 0 || sigma >= 1) return 0
    const z = Math.log(sigma / (1 - sigma)) - Math.log(shift)
    return Math.exp(-0.5 * z * z) / (Math.sqrt(2 * Math.PI) * sigma * (1 - sigma))
  })
}

/** S(1/1000), computed in float32 as the reference does: the last bits reach the whole list. */
function lowestSigma(shift: number): number {
  const { fround } = Math
  const u = fround(1 / TRAINING_STEPS)
  return fround(fround(shift * u) / fround(1 + fround((shift - 1) * u)))
}

function spaced(first: number, last: number, index: number, count: number): number {
  return count === 1 ? first : first + ((last - first) * index) / (count - 1)
}

function convert(sigmas: readonly number[], conversion: SigmaConversion): readonly number[] {
  const [high, low] = [sigmas[0]!, sigmas.at(-1)!]
  const count = sigmas.length
  switch (conversion) {
    case 'none':
      return sigmas
    case 'karras':
      return sigmas.map((_, i) => spaced(high ** (1 / KARRAS_RHO), low ** (1 / KARRAS_RHO), i, count) ** KARRAS_RHO)
    case 'exponential':
      return sigmas.map((_, i) => Math.exp(spaced(Math.log(high), Math.log(low), i, count)))
    case 'beta':
      return sigmas.map((_, i) => low + (high - low) * betaQuantile(spaced(1, 0, i, count), BETA_SHAPE, BETA_SHAPE))
  }
}
