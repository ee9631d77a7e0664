// Attached pictures on their way to the two encoders.

import { StudioError } from '../../contract/errors'
import { imageToTensor, type RgbImage } from '../tensor/image'
import { resample } from '../tensor/resample'
import type { BagelGraphs } from './graphs'
import type { NoiseSource } from './noise-source'
import { latentToTokens, patchesOf, positionIds } from './patches'
import type { PictureSize } from './picture-size'
import type { TurnPicture } from './turn'
import { uprightPicture } from './upright'
import { encodePixels } from './vae-tiles'

export class PictureReader {
  readonly #graphs: BagelGraphs
  readonly #noise: NoiseSource
  /** The last picture as the VAE's preset leaves it: each is wanted twice in a row at most. */
  #prepared: { readonly id: string; readonly image: RgbImage } | null = null

  constructor(graphs: BagelGraphs, noise: NoiseSource) {
    this.#graphs = graphs
    this.#noise = noise
  }

  /** What the vision encoder sees of a picture, [patches, hidden]. */
  async see(picture: TurnPicture, prepared: PictureSize, size: PictureSize): Promise<Float32Array> {
    const { vitPatch, vitMaxPatches } = this.#graphs.facts
    const image = resample(this.#prepare(picture, prepared), size.width, size.height, 'bicubic')
    const ids = positionIds(size.height / vitPatch, size.width / vitPatch, vitMaxPatches)
    return this.#graphs.embedPatches(patchesOf(image, vitPatch), ids)
  }

  /** A picture as clean latent tokens, at timestep 0, [tokens, hidden]. */
  async encode(picture: TurnPicture, prepared: PictureSize, size: PictureSize): Promise<Float32Array> {
    const { facts } = this.#graphs
    const image = resample(this.#prepare(picture, prepared), size.width, size.height, 'bicubic')
    const { mean, logVariance } = await encodePixels(this.#graphs, imageToTensor(image))
    const eps = facts.vae.samples ? this.#noise.posterior(picture.id, mean.length) : null
    const latent = mean.map((value, i) => {
      const drawn = eps === null ? value : value + Math.exp(0.5 * logVariance[i]!) * eps[i]!
      return facts.vae.scale * (drawn - facts.vae.shift)
    })
    const [rows, columns] = [size.height / facts.latentDownsample, size.width / facts.latentDownsample]
    const tokens = latentToTokens(latent, latentShape(rows, columns, facts))
    return this.#graphs.embedLatents(tokens, 0, positionIds(rows, columns, facts.maxLatentSize))
  }

  #prepare(picture: TurnPicture, { width, height }: PictureSize): RgbImage {
    if (this.#prepared?.id === picture.id) return this.#prepared.image
    if (picture.pixels === undefined) {
      throw new StudioError('INVALID_INPUT', `The pixels of the picture ${picture.id} were not given`, {
        field: 'messages',
      })
    }
    const image = resample(uprightPicture(picture.pixels), width, height, 'bicubic')
    this.#prepared = { id: picture.id, image }
    return image
  }
}

/** The latent of a picture of so many token rows and columns. */
export function latentShape(
  rows: number,
  columns: number,
  { latentChannels, latentPatch }: { latentChannels: number; latentPatch: number },
): { channels: number; height: number; width: number; patch: number } {
  return { channels: latentChannels, height: rows * latentPatch, width: columns * latentPatch, patch: latentPatch }
}
