// Inpainting with an ordinary model: after each step the part that is kept is put back, noised to the step's level with
// the noise of the start. Source: diffusers StableDiffusion3InpaintPipeline (hard rule), InvokeAI (threshold rule).

/**
 * What a grey mask means. `hard`: white from one half on. `blend`: a weight in every step. `threshold`: a time: the
 * brighter, the earlier a place is let free, so grey borders join their surroundings.
 */
export type MaskRule = 'hard' | 'blend' | 'threshold'

const THRESHOLD_MARGIN = 1e-4

/** Keeps the unmasked part of one latent. */
export class Repaint {
  readonly #mask: Float32Array
  readonly #picture: Float32Array
  readonly #noise: Float32Array
  readonly #rule: MaskRule

  /**
   * @param mask one value for each place of the latent, 0 kept to 1 painted anew
   * @param picture the clean latent, [channels, places]
   * @param noise the noise that the run started from, of the same size
   */
  constructor(mask: Float32Array, picture: Float32Array, noise: Float32Array, rule: MaskRule) {
    this.#mask = rule === 'hard' ? mask.map((value) => (value >= 0.5 ? 1 : 0)) : mask
    this.#picture = picture
    this.#noise = noise
    this.#rule = rule
  }

  /** Puts the kept part back into a latent at `sigma`; at 0 that is the clean picture. */
  apply(latent: Float32Array, sigma: number): void {
    const [mask, picture, noise] = [this.#mask, this.#picture, this.#noise]
    const places = mask.length
    const threshold = this.#rule === 'threshold' ? sigma + THRESHOLD_MARGIN : undefined
    for (let start = 0; start < latent.length; start += places) {
      for (let place = 0, i = start; place < places; place++, i++) {
        const weight = threshold === undefined ? mask[place]! : mask[place]! >= threshold ? 1 : 0
        const kept = sigma * noise[i]! + (1 - sigma) * picture[i]!
        latent[i] = weight * latent[i]! + (1 - weight) * kept
      }
    }
  }
}
