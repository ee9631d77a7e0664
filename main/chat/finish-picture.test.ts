import { describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { float32, type Tensor } from '../tensor/tensor'
import { finishPicture, Previews } from './finish-picture'
import type { BagelGraphs } from './graphs'
import { truncatedImage } from './truncated-image'

const facts = {
  latentDownsample: 16,
  latentPatch: 2,
  latentChannels: 3,
  vae: { scale: 0.5, shift: 0.25, samples: true },
}

/** A decoder that makes eight by eight pixels of each place, and has no memory for more than `most` places. */
function graphsWith(most: number, seen: number[]): BagelGraphs {
  const decodeLatent = async (latent: Tensor<'float32'>): Promise<Tensor<'float32'>> => {
    const [, channels = 0, height = 0, width = 0] = latent.shape
    seen.push(height * width)
    if (height * width > most) throw new StudioError('OUT_OF_MEMORY', 'The graph needs more memory')
    const out = float32([1, channels, 8 * height, 8 * width])
    for (let i = 0; i < out.data.length; i++) {
      const [x, y] = [i % (8 * width), Math.floor(i / (8 * width)) % (8 * height)]
      const channel = Math.floor(i / (64 * width * height))
      out.data[i] = latent.data[(channel * height + (y >> 3)) * width + (x >> 3)]!
    }
    return out
  }
  return { facts, decodeLatent, has: () => false } as unknown as BagelGraphs
}

function gridOf(rows: number, columns: number): { tokens: Float32Array; rows: number; columns: number } {
  return { tokens: Float32Array.from({ length: rows * columns * 12 }, (_, i) => Math.sin(i) / 4), rows, columns }
}

describe('a finished picture', () => {
  it('is decoded in tiles where memory runs out, and is the same with a decoder that looks at one place alone', async () => {
    const [wholeSeen, tiledSeen]: number[][] = [[], []]
    const grid = gridOf(34, 33)
    const whole = await finishPicture(graphsWith(1e9, wholeSeen!), grid)
    const tiled = await finishPicture(graphsWith(64 * 64, tiledSeen!), grid)
    expect(wholeSeen).toEqual([68 * 66])
    expect(tiledSeen!.length).toBe(5)
    // A cross-fade of two equal tiles may round a level down.
    const farthest = whole.rgb.reduce((worst, level, i) => Math.max(worst, Math.abs(level - tiled.rgb[i]!)), 0)
    expect(farthest).toBeLessThanOrEqual(1)
  })

  it('is scaled back before it is decoded', async () => {
    const tokens = new Float32Array(12).fill(0.125)
    const { rgb } = await finishPicture(graphsWith(1e9, []), { tokens, rows: 1, columns: 1 })
    // 0.125 / 0.5 + 0.25 = 0.5, which is 0.75 of the way from black to white: 191.25, cut off.
    expect([...new Set(rgb)]).toEqual([191])
  })

  it('has its levels cut off and kept within a byte', () => {
    const values = Float32Array.of(-2, -1, 0, 0.999, 1, 2)
    const { rgb } = truncatedImage(float32([1, 3, 1, 2], values))
    expect([...rgb]).toEqual([0, 127, 255, 0, 254, 255])
  })
})

describe('previews by a small decoder', () => {
  it('come with the first step, and then no more often than an eye follows', async () => {
    const previewLatent = async (): Promise<Tensor<'float32'>> => float32([1, 3, 1, 1])
    const graphs = { facts, previewLatent, has: () => true } as unknown as BagelGraphs
    const stepsOf = async (milliseconds: number): Promise<number[]> => {
      const previews = new Previews(graphs, 1)
      const steps: number[] = []
      for (let step = 1; step <= 9; step++) {
        if ((await previews.after(step, milliseconds, gridOf(1, 1))) !== null) steps.push(step)
      }
      return steps
    }
    expect(await stepsOf(26)).toEqual([1, 5, 9])
    expect(await stepsOf(110)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })
})

describe('previews by the full decoder', () => {
  it('take a tenth of the time at most, after the first', async () => {
    const slow = graphsWith(1e9, [])
    const decode = slow.decodeLatent.bind(slow)
    slow.decodeLatent = async (latent) => {
      const until = performance.now() + 20
      while (performance.now() < until);
      return decode(latent)
    }
    const previews = new Previews(slow, 1)
    const made: boolean[] = []
    // Steps of 50 ms: a preview of 20 ms may come every fourth step or so.
    for (let step = 1; step <= 12; step++) made.push((await previews.after(step, 50, gridOf(1, 1))) !== null)
    expect(made[0]).toBe(true)
    expect(made.slice(1, 4)).toEqual([false, false, false])
    expect(made.filter(Boolean).length).toBeGreaterThan(1)
    expect(made.filter(Boolean).length).toBeLessThan(5)
  })

  it('come every so many steps where that is asked for, or never', async () => {
    const at = async (every: number): Promise<number[]> => {
      const previews = new Previews(graphsWith(1e9, []), every)
      const steps: number[] = []
      for (let step = 1; step <= 6; step++) {
        if ((await previews.after(step, 1e6, gridOf(1, 1))) !== null) steps.push(step)
      }
      return steps
    }
    expect(await at(2)).toEqual([2, 4, 6])
    expect(await at(0)).toEqual([])
  })
})
