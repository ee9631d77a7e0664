import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sigmaSchedule } from './schedule'
import { createSolver, predictClean } from './samplers'

const SIZE = 24
const latents = fc.float32Array({ minLength: SIZE, maxLength: SIZE, min: -4, max: 4, noNaN: true })
const levels = fc
  .tuple(fc.double({ min: 0.01, max: 1, noNaN: true }), fc.double({ min: 0, max: 0.99, noNaN: true }))
  .map(([sigma, fraction]) => ({ sigma, next: sigma * fraction }))

function step(name: 'euler' | 'dpmpp-2m', latent: Float32Array, velocity: Float32Array, sigma: number, next: number) {
  const moved = latent.slice()
  const clean = new Float32Array(latent.length)
  predictClean(latent, velocity, sigma, clean)
  createSolver(name).step(moved, velocity, clean, sigma, next)
  return moved
}

describe('the samplers', () => {
  it('agree on a first step: DPM++ without memory is Euler', () => {
    fc.assert(
      fc.property(latents, latents, levels, (latent, velocity, { sigma, next }) => {
        const euler = step('euler', latent, velocity, sigma, next)
        step('dpmpp-2m', latent, velocity, sigma, next).forEach((value, i) => expect(value).toBeCloseTo(euler[i]!, 4))
      }),
    )
  })

  it.each(['euler', 'dpmpp-2m'] as const)(
    '%s finds the picture when the velocity is that of a straight path',
    (name) => {
      fc.assert(
        fc.property(latents, latents, fc.integer({ min: 1, max: 40 }), (picture, noise, steps) => {
          const solver = createSolver(name)
          const velocity = noise.map((value, i) => value - picture[i]!)
          const latent = noise.slice()
          const clean = new Float32Array(SIZE)
          const sigmas = sigmaSchedule({ steps, shift: 3 })
          for (let i = 0; i < steps; i++) {
            predictClean(latent, velocity, sigmas[i]!, clean)
            solver.step(latent, velocity, clean, sigmas[i]!, sigmas[i + 1]!)
          }
          latent.forEach((value, i) => expect(value).toBeCloseTo(picture[i]!, 4))
        }),
      )
    },
  )

  it('do not share memory between runs', () => {
    const [latent, velocity] = [new Float32Array(SIZE).fill(1), new Float32Array(SIZE).fill(-1)]
    expect(step('dpmpp-2m', latent, velocity, 0.9, 0.5)).toEqual(step('dpmpp-2m', latent, velocity, 0.9, 0.5))
  })
})
