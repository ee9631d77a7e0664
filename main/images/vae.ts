// The autoencoder: pictures to latents and back. A latent is scaled and shifted: latent = (z - shift) * scale.

import { StudioError } from '../../contract/errors'
import type { GraphSession } from '../runtime/graph-session'
import { imageToTensor, tensorToImage, type RgbImage } from '../tensor/image'
import type { Generator } from '../tensor/noise'
import { float32 } from '../tensor/tensor'
import { type GraphRunner, requireFinite } from './graph-runner'
import { castFloats, readFloats, refuseOthers, requireValue } from './graphs-io'
import { runInTiles, type Planes } from '../tensor/tiles'

/** What the autoencoder's configuration says. */
export interface VaeFacts {
  readonly scalingFactor: number
  readonly shiftFactor: number
  readonly channels: number
  /** Pixels of a picture for one place of its latent, along a side. */
  readonly pixels: number
}

/** Pictures above this many pixels are done in tiles: a decoder's activations grow with the picture. */
const WHOLE_PIXELS = 1024 * 1024
const TILE_PIXELS = 768
/** Tiles for a second try, after memory ran out. */
const SMALL_TILE_PIXELS = 512

/** How large pictures are treated: `auto` by size, or always in tiles of so many pixels, or never. */
export type Tiling = 'auto' | 'off' | number

/** What the encoder gave: a distribution to draw from, or a latent that was drawn or averaged inside the graph. */
export interface Encoded {
  readonly mean: Float32Array
  readonly logVariance: Float32Array | undefined
}

export interface VaeTools {
  readonly runner: GraphRunner
  readonly tiling: Tiling
  readonly log: (text: string) => void
}

/**
 * Encodes a picture.
 * @returns unscaled, [channels, height, width] of the latent
 */
export async function encodePicture(
  image: RgbImage,
  session: GraphSession,
  facts: VaeFacts,
  tools: VaeTools,
): Promise<Encoded> {
  const planes: Planes = { data: imageToTensor(image).data, channels: 3, height: image.height, width: image.width }
  const run = graphOnTiles(session, tools.runner, ['sample'], ['latent_parameters', 'latent_sample'])
  const size = {
    pixels: image.width * image.height,
    tileSide: (pixels: number) => tilePlaces(pixels, facts) * facts.pixels,
    scale: 1 / facts.pixels,
  }
  const out = await wholeOrTiled(planes, size, tools, run)
  requireFinite(out.data, session, 'for the start picture')
  const values = facts.channels * out.height * out.width
  // Twice the channels are mean and log-variance; else the graph has drawn or averaged by itself.
  if (out.channels === facts.channels) return { mean: out.data, logVariance: undefined }
  return { mean: out.data.subarray(0, values), logVariance: out.data.subarray(values, 2 * values) }
}

/**
 * The latent of an encoded picture, scaled for the transformer.
 * @param generator draws from the posterior; without it the mean is taken
 */
export function toLatent(encoded: Encoded, facts: VaeFacts, generator: Generator | undefined): Float32Array {
  const { mean, logVariance } = encoded
  const latent = new Float32Array(mean.length)
  if (generator !== undefined && logVariance !== undefined) generator.randn(latent)
  for (let i = 0; i < latent.length; i++) {
    const deviation = logVariance === undefined ? 0 : Math.exp(0.5 * Math.min(20, Math.max(-30, logVariance[i]!)))
    latent[i] = (mean[i]! + deviation * latent[i]! - facts.shiftFactor) * facts.scalingFactor
  }
  return latent
}

/**
 * Decodes a latent.
 * @param latent [channels, height, width], scaled
 * @param width of the latent
 * @throws StudioError NOT_FINITE
 */
export async function decodeLatent(
  latent: Float32Array,
  width: number,
  session: GraphSession,
  facts: VaeFacts,
  tools: VaeTools,
): Promise<RgbImage> {
  const { scalingFactor, shiftFactor, channels } = facts
  const planes: Planes = {
    data: latent.map((value) => value / scalingFactor + shiftFactor),
    channels,
    width,
    height: latent.length / channels / width,
  }
  const run = graphOnTiles(session, tools.runner, ['latent_sample'], ['sample'])
  const size = {
    pixels: width * planes.height * facts.pixels ** 2,
    tileSide: (pixels: number) => tilePlaces(pixels, facts),
    scale: facts.pixels,
  }
  const out = await wholeOrTiled(planes, size, tools, run)
  requireFinite(out.data, session, 'for the picture')
  return tensorToImage(float32([1, out.channels, out.height, out.width], out.data))
}

type TileRun = (tile: Planes) => Promise<Planes>

interface Size {
  /** Pixels of the whole picture. */
  readonly pixels: number
  /** Side of an input tile that stands for so many pixels of the picture. */
  readonly tileSide: (pixels: number) => number
  /** Output pixels for one input pixel, along a side. */
  readonly scale: number
}

async function wholeOrTiled(input: Planes, size: Size, tools: VaeTools, run: TileRun): Promise<Planes> {
  const inTiles = (pixels: number): Promise<Planes> => runInTiles(input, size.tileSide(pixels), size.scale, run)
  if (typeof tools.tiling === 'number') return inTiles(tools.tiling)
  if (tools.tiling === 'auto' && size.pixels > WHOLE_PIXELS) return inTiles(TILE_PIXELS)
  try {
    return await run(input)
  } catch (error) {
    if (tools.tiling === 'off' || !(error instanceof StudioError) || error.code !== 'OUT_OF_MEMORY') throw error
    tools.log(`Memory ran out for the whole picture: trying again in tiles of ${SMALL_TILE_PIXELS} px`)
    return inTiles(SMALL_TILE_PIXELS)
  }
}

/** Places of the latent along a tile's side: a multiple of four, so that the overlap of a quarter is whole. */
function tilePlaces(pixels: number, facts: VaeFacts): number {
  return Math.max(4, Math.trunc(pixels / facts.pixels / 4) * 4)
}

function graphOnTiles(session: GraphSession, runner: GraphRunner, inputs: string[], outputs: string[]): TileRun {
  const input = requireValue(session, 'inputs', inputs, (value) => value.shape.length === 4)
  refuseOthers(session, [input])
  const output = requireValue(session, 'outputs', outputs, (value) => value.shape.length === 4)
  return async ({ data, channels, height, width }) => {
    const feed = castFloats([1, channels, height, width], data, input)
    const out = await runner.call(session, { [input.name]: feed }, [output.name])
    const [, outChannels = 0, outHeight = 0, outWidth = 0] = out[output.name]!.shape
    return { data: readFloats(out[output.name]!), channels: outChannels, height: outHeight, width: outWidth }
  }
}
