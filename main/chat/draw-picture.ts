// Drawing: from noise to the latent of a picture, guided by up to three views of what was read. Source: `Bagel.generate_image` and
// `_forward_flow` of the official code.

import type { Tensor } from '../tensor/tensor'
import type { ContextView } from './context'
import { pastFeeds, pictureInput, runDecoder, type DecoderInput } from './decoder'
import { isCancel, type BagelGraphs } from './graphs'
import { guide } from './guidance'
import { isGuided, timesteps } from './schedule'
import { TaylorSeer } from './taylor-seer'
import type { TurnDrawing } from './turn'

/** Views of what was read. Null for one that shows the same as the full view: it gives the same velocity. */
export interface DrawingViews {
  readonly full: ContextView
  readonly withoutText: ContextView | null
  readonly withoutPictures: ContextView | null
}

export interface DrawOptions {
  readonly graphs: BagelGraphs
  readonly views: DrawingViews
  readonly settings: TurnDrawing
  /** Embeddings of the tokens around the picture, [2, hidden]. */
  readonly borders: Float32Array
  /** Of the picture's tokens in the table of latent positions. */
  readonly positionIds: BigInt64Array
  /**
   * Told after each step.
   * @param clean what the finished latent is expected to be, [tokens, width]; valid until the next step
   */
  readonly onStep: (step: DrawStep, clean: Float32Array) => void | Promise<void>
}

export interface DrawStep {
  readonly step: number
  readonly steps: number
  /** Where the picture is now: 1 is noise, 0 is done. */
  readonly timestep: number
  readonly milliseconds: number
}

export interface DrawnLatent {
  /** The finished latent, or what it was expected to be when the run was stopped; [tokens, width]. */
  readonly tokens: Float32Array
  readonly stepsDone: number
  readonly steps: number
  readonly isStopped: boolean
  /** Passes through the decoder, and those that TaylorSeer spared. */
  readonly passes: number
  readonly passesSaved: number
}

/**
 * Draws in place.
 * @param noise [tokens, width]; it becomes the picture
 * @throws StudioError NOT_FINITE; a cancel between steps is not thrown but ends the loop
 */
export async function drawPicture(noise: Float32Array, options: DrawOptions): Promise<DrawnLatent> {
  const { settings, onStep } = options
  const times = timesteps(settings.steps, settings.shift)
  const steps = times.length - 1
  const velocity = new GuidedVelocity(options)
  const clean = new Float32Array(noise.length)
  const result = (stepsDone: number, isStopped: boolean): DrawnLatent => ({
    tokens: isStopped ? clean : noise,
    stepsDone,
    steps,
    isStopped,
    passes: velocity.passes,
    passesSaved: velocity.passesSaved,
  })
  for (let index = 0; index < steps; index++) {
    const [time, next] = [times[index]!, times[index + 1]!]
    const started = performance.now()
    let toward: Float32Array
    try {
      toward = await velocity.at(noise, time)
    } catch (error) {
      if (!isCancel(error)) throw error
      return result(index, true)
    }
    const distance = Math.fround(time - next)
    for (let i = 0; i < noise.length; i++) {
      clean[i] = noise[i]! - time * toward[i]!
      noise[i]! -= Math.fround(toward[i]! * distance)
    }
    await onStep({ step: index + 1, steps, timestep: next, milliseconds: performance.now() - started }, clean)
  }
  return result(steps, false)
}

/** One view with what of its passes does not change from step to step. */
class Branch {
  readonly past: Record<string, Tensor>
  /** The tokens' positions and borders; the tokens themselves are those of each step. */
  readonly input: DecoderInput
  readonly seer: TaylorSeer | null

  constructor(view: ContextView, { borders, settings, positionIds, graphs }: DrawOptions) {
    const { hidden } = graphs.facts
    this.past = pastFeeds(view)
    this.input = pictureInput(borders, new Float32Array(positionIds.length * hidden), view.rope, hidden)
    this.seer = settings.taylorSeer ? new TaylorSeer() : null
  }
}

/** Predicts where each token is to go, step after step. */
class GuidedVelocity {
  readonly #options: DrawOptions
  readonly #full: Branch
  readonly #withoutText: Branch | null
  readonly #withoutPictures: Branch | null
  passes = 0
  passesSaved = 0

  constructor(options: DrawOptions) {
    const { views, settings } = options
    const branch = (view: ContextView | null): Branch | null => (view === null ? null : new Branch(view, options))
    this.#options = options
    this.#full = new Branch(views.full, options)
    this.#withoutText = branch(views.withoutText)
    this.#withoutPictures = settings.imageScale > 1 ? branch(views.withoutPictures) : null
  }

  /** @throws StudioError NOT_FINITE, CANCELLED */
  async at(latents: Float32Array, time: number): Promise<Float32Array> {
    const { settings, positionIds, graphs } = this.#options
    // All branches see the same tokens; a step whose branches are all extrapolated needs none.
    let tokens: Promise<Float32Array> | null = null
    const embed = (): Promise<Float32Array> => (tokens ??= graphs.embedLatents(latents, time, positionIds))
    const full = await this.#velocity(this.#full, embed)
    if (!isGuided(time, settings)) return full
    const withoutText = this.#withoutText === null ? full : await this.#velocity(this.#withoutText, embed)
    const withoutPictures = this.#withoutPictures === null ? full : await this.#velocity(this.#withoutPictures, embed)
    return guide({ full, withoutText, withoutPictures }, settings, latents.length / positionIds.length)
  }

  async #velocity(branch: Branch, embed: () => Promise<Float32Array>): Promise<Float32Array> {
    const { seer } = branch
    if (seer?.runsNext === false) {
      this.passesSaved += 1
      return this.#options.graphs.velocity(seer.predict())
    }
    const { graphs } = this.#options
    const { gen } = await runDecoder(graphs, branch.past, { ...branch.input, gen: await embed() }, 'gen')
    this.passes += 1
    seer?.keep(gen)
    return graphs.velocity(gen)
  }
}
