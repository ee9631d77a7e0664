import { describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { float32, type Tensor } from '../tensor/tensor'
import type { BagelGraphs } from './graphs'
import { encodePixels } from './vae-tiles'

const facts = { latentDownsample: 16, latentPatch: 2, latentChannels: 3 }

/** An encoder that takes one of eight by eight pixels, and its half; it has no memory for more than `most` pixels. */
function graphsWith(most: number, seen: number[]): BagelGraphs {
  const encode = async (pixels: Tensor<'float32'>): Promise<{ mean: Float32Array; logVariance: Float32Array }> => {
    const [, channels = 0, height = 0, width = 0] = pixels.shape
    seen.push(height * width)
    if (height * width > most) throw new StudioError('OUT_OF_MEMORY', 'The graph needs more memory')
    const [rows, columns] = [height / 8, width / 8]
    const mean = Float32Array.from({ length: channels * rows * columns }, (_, i) => {
      const [channel, row, column] = [Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns]
      return pixels.data[(channel * height + 8 * row + 3) * width + 8 * column + 5]!
    })
    return { mean, logVariance: mean.map((value) => value / 2) }
  }
  return { facts, encodePixels: encode } as unknown as BagelGraphs
}

describe('a picture that is encoded', () => {
  const pixels = float32(
    [1, 3, 640, 528],
    Float32Array.from({ length: 3 * 640 * 528 }, (_, i) => Math.sin(i)),
  )

  it('is encoded in tiles where memory runs out, and is the same with an encoder that looks at one place alone', async () => {
    const [wholeSeen, tiledSeen]: number[][] = [[], []]
    const whole = await encodePixels(graphsWith(1e9, wholeSeen!), pixels)
    const tiled = await encodePixels(graphsWith(512 * 512, tiledSeen!), pixels)
    expect(wholeSeen).toEqual([640 * 528])
    expect(tiledSeen).toEqual([640 * 528, 512 * 512, 512 * 144, 256 * 512, 256 * 144])
    for (const part of ['mean', 'logVariance'] as const) {
      expect(tiled[part].length).toBe((3 * 640 * 528) / 64)
      // A cross-fade of two equal numbers may change the last bit.
      const farthest = tiled[part].reduce((worst, value, i) => Math.max(worst, Math.abs(value - whole[part][i]!)), 0)
      expect(farthest).toBeLessThan(2e-7)
    }
  })

  it('is given up where another fault than memory stops it, or not even a tile fits', async () => {
    await expect(encodePixels(graphsWith(1000, []), pixels)).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' })
    const broken = {
      facts,
      encodePixels: () => Promise.reject(new StudioError('NOT_FINITE', 'Half precision overflows')),
    } as unknown as BagelGraphs
    await expect(encodePixels(broken, pixels)).rejects.toMatchObject({ code: 'NOT_FINITE' })
  })
})
