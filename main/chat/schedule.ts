// Timesteps of a drawing, and which of them are guided. Source: `Bagel.generate_image` of the official code.

import type { Drawing } from '../../contract/chat-settings'

/**
 * `steps` timesteps from 1 to 0, with one model step between two of them. A shift above 1 spends more of them near the noise.
 * In float32, as torch computes them.
 */
export function timesteps(steps: number, shift: number): Float32Array {
  const gap = Math.fround(-1 / (steps - 1))
  return Float32Array.from({ length: steps }, (_, i) => {
    // torch.linspace counts the second half from its end.
    const even = i < steps / 2 ? Math.fround(1 + Math.fround(gap * i)) : Math.fround(-gap * (steps - 1 - i))
    return Math.fround(shift * even) / Math.fround(1 + Math.fround((shift - 1) * even))
  })
}

/** Whether a step that begins at `timestep` is guided by words; nothing is where it is not. */
export function isGuided(timestep: number, { textScale, interval }: Pick<Drawing, 'textScale' | 'interval'>): boolean {
  const [low, high] = interval
  return textScale > 1 && timestep > Math.fround(low) && timestep <= Math.fround(high)
}

/** TaylorSeer: the first so many passes of a branch are run, then one of every so many. */
const firstPasses = 5
const everyPass = 3

/** Whether TaylorSeer runs the pass `index` (from 0) of a branch; the others are extrapolated. */
export function runsPass(index: number): boolean {
  return index < firstPasses || (index - firstPasses + 1) % everyPass === 0
}

/** The branches of a drawing besides the full context: those whose context differs from it. */
export interface Branches {
  readonly withoutText: boolean
  readonly withoutPictures: boolean
}

/** How many passes through the decoder a drawing takes, and how many TaylorSeer spares. */
export function countPasses(
  drawing: Omit<Drawing, 'width' | 'height'>,
  branches: Branches,
): { run: number; saved: number } {
  const times = timesteps(drawing.steps, drawing.shift).subarray(0, -1)
  const guided = times.filter((time) => isGuided(time, drawing)).length
  const counts = [
    times.length,
    branches.withoutText ? guided : 0,
    branches.withoutPictures && drawing.imageScale > 1 ? guided : 0,
  ]
  const runs = (count: number): number =>
    drawing.taylorSeer ? Array.from({ length: count }, (_, index) => index).filter(runsPass).length : count
  const run = counts.reduce((sum, count) => sum + runs(count), 0)
  return { run, saved: counts.reduce((sum, count) => sum + count, 0) - run }
}
