// The autoencoder, in tiles where memory runs out for the whole picture. Its norms and its attention look at all of what they are
// given, so that a tile is not quite what it is within the whole: borders may show faintly.

import { StudioError } from '../../contract/errors'
import { float32, type Tensor } from '../tensor/tensor'
import { runInTiles } from '../tensor/tiles'
import type { BagelGraphs } from './graphs'
import type { BagelFacts } from './manifest'

/** Side of a tile in places of the latent: 512 px with 8 px a place. */
const tilePlaces = 64

/** Pixels along a place of the latent. */
function pixelsOfPlace({ latentDownsample, latentPatch }: BagelFacts): number {
  return latentDownsample / latentPatch
}

/**
 * Pixels of a latent, [1, 3, height, width], -1 to 1.
 * @param latent [1, channels, height, width], unscaled
 * @throws StudioError NOT_FINITE, OUT_OF_MEMORY where not even a tile fits, CANCELLED
 */
export function decodeLatent(graphs: BagelGraphs, latent: Tensor<'float32'>): Promise<Tensor<'float32'>> {
  return orInTiles(latent, (whole) => graphs.decodeLatent(whole), tilePlaces, pixelsOfPlace(graphs.facts))
}

/**
 * The autoencoder's distribution of a picture, each [channels, height, width] of the latent.
 * @param pixels [1, 3, height, width], -1 to 1
 * @throws StudioError as decodeLatent
 */
export async function encodePixels(
  graphs: BagelGraphs,
  pixels: Tensor<'float32'>,
): Promise<{ mean: Float32Array; logVariance: Float32Array }> {
  const places = pixelsOfPlace(graphs.facts)
  const encode = async (tile: Tensor<'float32'>): Promise<Tensor<'float32'>> => {
    const [, , height = 0, width = 0] = tile.shape
    const { mean, logVariance } = await graphs.encodePixels(tile)
    const both = new Float32Array(2 * mean.length)
    both.set(mean)
    both.set(logVariance, mean.length)
    return float32([1, 2 * graphs.facts.latentChannels, height / places, width / places], both)
  }
  const { data } = await orInTiles(pixels, encode, places * tilePlaces, 1 / places)
  return { mean: data.subarray(0, data.length / 2), logVariance: data.subarray(data.length / 2) }
}

/** Runs a network on the whole input, and where memory runs out for that on tiles. @param scale output places for one of the input */
async function orInTiles(
  input: Tensor<'float32'>,
  run: (part: Tensor<'float32'>) => Promise<Tensor<'float32'>>,
  side: number,
  scale: number,
): Promise<Tensor<'float32'>> {
  try {
    return await run(input)
  } catch (error) {
    if (!(error instanceof StudioError) || error.code !== 'OUT_OF_MEMORY') throw error
  }
  const [, channels = 0, height = 0, width = 0] = input.shape
  const joined = await runInTiles({ data: input.data, channels, height, width }, side, scale, async (tile) => {
    const { data, shape } = await run(float32([1, tile.channels, tile.height, tile.width], tile.data))
    const [, outChannels = 0, outHeight = 0, outWidth = 0] = shape
    return { data, channels: outChannels, height: outHeight, width: outWidth }
  })
  return float32([1, joined.channels, joined.height, joined.width], joined.data)
}
