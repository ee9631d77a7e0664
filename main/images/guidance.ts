// Guidance: pushes the velocity away from that of the negative prompt, and on request away from that of the same
// transformer with some of its blocks left out. Source: diffusers StableDiffusion3Pipeline.

import { requireFinite } from './graph-runner'
import type { Conditioning, LatentShape, PreparedBatch, TransformerGraph } from './transformer-graph'

export interface GuidanceOptions {
  /** 1 and below runs the conditional pass alone. */
  readonly scale: number
  /** Share of the steps after which guidance stops. */
  readonly end: number
  /** Whether both passes run as one batch of two, where the graph allows it. */
  readonly batched: boolean
  readonly skipLayers?: {
    readonly layers: readonly number[]
    readonly scale: number
    readonly start: number
    readonly end: number
  }
}

/** Whether step `index` of `count` runs the negative prompt as well. */
export function isGuided(options: Pick<GuidanceOptions, 'scale' | 'end'>, index: number, count: number): boolean {
  return options.scale > 1 && index < options.end * count
}

/** Whether step `index` of `count` runs a third pass with blocks left out. */
export function skipsLayers(options: GuidanceOptions, index: number, count: number): boolean {
  const skip = options.skipLayers
  return skip !== undefined && isGuided(options, index, count) && index > count * skip.start && index < count * skip.end
}

/** Predicts the guided velocity of one latent, step after step, in buffers that are made once. */
export class Guidance {
  readonly #transformer: TransformerGraph
  readonly #options: GuidanceOptions
  readonly #velocity: Float32Array
  readonly #positive: PreparedBatch
  /** The negative prompt alone, or both side by side, negative first. */
  readonly #negative: PreparedBatch | undefined
  readonly #skipping: PreparedBatch | undefined

  constructor(
    transformer: TransformerGraph,
    shape: LatentShape,
    options: GuidanceOptions,
    positive: Conditioning,
    negative: Conditioning | undefined,
  ) {
    this.#transformer = transformer
    this.#options = options
    this.#velocity = new Float32Array(shape[1] * shape[2] * shape[3])
    this.#positive = transformer.prepare([positive], shape)
    if (negative === undefined) return
    const isBatched = options.batched && transformer.maxRows >= 2
    this.#negative = transformer.prepare(isBatched ? [negative, positive] : [negative], shape)
    if (options.skipLayers !== undefined) {
      this.#skipping = transformer.prepare([positive], shape, options.skipLayers.layers)
    }
  }

  /**
   * The velocity at step `index` of `count`. The array is used again by the next call.
   * @throws StudioError NOT_FINITE, CANCELLED
   */
  async predict(latent: Float32Array, sigma: number, index: number, count: number): Promise<Float32Array> {
    const velocity = this.#velocity
    const negative = this.#negative
    if (negative === undefined || !isGuided(this.#options, index, count)) {
      velocity.set(await this.#transformer.predict(this.#positive, latent, sigma))
    } else {
      const { scale } = this.#options
      const size = velocity.length
      const first = await this.#transformer.predict(negative, latent, sigma)
      // Without a batch of two the positive pass follows; its own scratch keeps the two results apart.
      const second =
        negative.rows === 2 ? first.subarray(size) : await this.#transformer.predict(this.#positive, latent, sigma)
      for (let i = 0; i < size; i++) velocity[i] = first[i]! + scale * (second[i]! - first[i]!)
      if (this.#skipping !== undefined && skipsLayers(this.#options, index, count)) {
        const push = this.#options.skipLayers?.scale ?? 0
        const skipped = await this.#transformer.predict(this.#skipping, latent, sigma)
        for (let i = 0; i < size; i++) velocity[i]! += push * (second[i]! - skipped[i]!)
      }
    }
    requireFinite(velocity, this.#transformer.session, `at step ${index + 1} of ${count}`)
    return velocity
  }
}
