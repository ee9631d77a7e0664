// The pictures of a run while it goes on: a linear map of the latent, or the small decoder where the model has one.

import type { GraphSession } from '../runtime/graph-session'
import { tensorToImage, type RgbImage } from '../tensor/image'
import { float32 } from '../tensor/tensor'
import type { Sd3Folder } from './folder'
import type { GraphRunner } from './graph-runner'
import { castFloats, readFloats, requireValue } from './graphs-io'
import { latentToImage } from './preview'

export class FrameMaker {
  readonly #folder: Sd3Folder
  readonly #runner: GraphRunner
  readonly #width: number
  readonly #height: number
  readonly #decoder: GraphSession | undefined

  /** @param width,height of the latent; @param decoder the preview decoder, where the model has one */
  constructor(
    folder: Sd3Folder,
    runner: GraphRunner,
    width: number,
    height: number,
    decoder: GraphSession | undefined,
  ) {
    this.#folder = folder
    this.#runner = runner
    this.#width = width
    this.#height = height
    this.#decoder = decoder
  }

  /** Sends a frame of a latent. */
  async emit(item: number, step: number, sigma: number, latent: Float32Array): Promise<void> {
    // A cancel is noticed by the next step, which knows what there is to keep.
    const image = await this.#runner.keeping(() => this.#draw(latent))
    this.#runner.emit({ type: 'frame', item, step, sigma, ...image })
  }

  async #draw(latent: Float32Array): Promise<RgbImage> {
    const decoder = this.#decoder
    if (decoder === undefined) return latentToImage(latent, this.#width, this.#height, this.#folder.latentColours)
    const input = requireValue(decoder, 'inputs', ['latent_sample'], (value) => value.shape.length === 4)
    const output = requireValue(decoder, 'outputs', ['sample'], (value) => value.shape.length === 4)
    // The small decoder takes the transformer's latents as they are, without the autoencoder's scale and shift.
    const feed = castFloats([1, this.#folder.vae.channels, this.#height, this.#width], latent, input)
    const sample = (await this.#runner.call(decoder, { [input.name]: feed }, [output.name]))[output.name]!
    const values = readFloats(sample)
    const signed = this.#folder.previewRange === 'unit' ? values.map((value) => 2 * value - 1) : values
    return tensorToImage(float32(sample.shape, signed))
  }
}
