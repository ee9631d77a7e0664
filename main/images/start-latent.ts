// Where a run starts: at pure noise, or at a picture's latent with noise mixed in.

import type { GenerateSettings } from '../../contract/images'
import { shrinkMask } from '../tensor/image'
import { Generator } from '../tensor/noise'
import type { ImageInputs } from './check-request'
import type { Sd3Folder } from './folder'
import type { GraphRunner } from './graph-runner'
import type { ImageRun } from './image-run'
import { Repaint, type MaskRule } from './inpaint'
import { dynamicShift, firstStep, sigmaSchedule } from './schedule'
import type { LatentShape } from './transformer-graph'
import { encodePicture, toLatent, type Encoded, type VaeTools } from './vae'

/** The latent's size for a request: [1, channels, height, width]. */
export function latentShape(folder: Sd3Folder, { width, height }: GenerateSettings): LatentShape {
  const { channels, pixels } = folder.vae
  return [1, channels, height / pixels, width / pixels]
}

/** The noise levels of a request, from where it starts: all of them, or the last ones where it starts from a picture. */
export function requestSigmas(folder: Sd3Folder, settings: GenerateSettings): Float32Array {
  const { steps, shift, sigmaConversion: conversion } = settings
  const tokens = (settings.width * settings.height) / folder.sideMultiple ** 2
  const schedule =
    folder.dynamicShift === undefined
      ? sigmaSchedule({ steps, shift, conversion })
      : sigmaSchedule({ steps, shift: dynamicShift(tokens, folder.dynamicShift), conversion, doubleShift: false })
  return settings.initImage === undefined ? schedule : schedule.subarray(firstStep(steps, settings.initImage.strength))
}

/** Encodes the start picture, once for all pictures of the request. */
export async function encodeStart(
  folder: Sd3Folder,
  { initImage }: ImageInputs,
  run: ImageRun,
  runner: GraphRunner,
  tools: VaeTools,
): Promise<Encoded | undefined> {
  if (initImage === undefined) return undefined
  const session = await runner.open('vae_encoder', 0)
  run.emit({ type: 'stage', stage: 'encode', label: 'Encoding the start picture', item: 0 })
  const encoded = await runner.timed('encode', () => encodePicture(initImage, session, folder.vae, tools))
  if (encoded.logVariance === undefined) {
    run.emit({ type: 'log', text: 'The VAE encoder draws or averages by itself: the seed does not decide that part' })
  }
  await run.stageDone(['vae_encoder'])
  return encoded
}

export interface Start {
  /** The latent at the first noise level. */
  readonly latent: Float32Array
  readonly repaint: Repaint | undefined
}

/**
 * The start of one picture. The generator gives the draw from the picture's posterior first and the noise second, as in
 * diffusers.
 */
export function startLatent(
  encoded: Encoded | undefined,
  inputs: ImageInputs,
  request: { folder: Sd3Folder; shape: LatentShape; seed: number; sigma: number },
  rules: { posterior: 'sample' | 'mean'; mask: MaskRule },
): Start {
  const { folder, shape, seed, sigma } = request
  const [, channels, height, width] = shape
  const generator = new Generator(seed)
  const noise = new Float32Array(channels * height * width)
  if (encoded === undefined) return { latent: generator.randn(noise), repaint: undefined }
  const picture = toLatent(encoded, folder.vae, rules.posterior === 'sample' ? generator : undefined)
  generator.randn(noise)
  const latent = noise.map((value, i) => sigma * value + (1 - sigma) * picture[i]!)
  const { mask } = inputs
  if (mask === undefined) return { latent, repaint: undefined }
  return { latent, repaint: new Repaint(shrinkMask(mask, width, height), picture, noise, rules.mask) }
}
