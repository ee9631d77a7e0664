// Where a turn's random numbers come from. An argument, so that a proof can bring its own.

import { createHash } from 'node:crypto'
import { Generator } from '../tensor/noise'

export interface NoiseSource {
  /** What a picture is drawn from: `count` normal numbers in token order, [tokens, width]. */
  latents(count: number): Float32Array
  /** For the draw from the autoencoder's distribution of a picture, [channels, height, width] of its latent. */
  posterior(pictureId: string, count: number): Float32Array
}

/**
 * Noise of a seed. That of a picture that is read hangs on the picture alone: what was read of it then serves every seed, and the
 * same picture is always seen the same way.
 */
export function seededNoise(seed: number): NoiseSource {
  return {
    latents: (count) => new Generator(seed).randn(new Float32Array(count)),
    posterior: (pictureId, count) => {
      const own = createHash('sha256').update(pictureId).digest().readUInt32BE(0)
      return new Generator(own).randn(new Float32Array(count))
    },
  }
}
