// A picture at several precisions: one prompt, one seed, one noise, one schedule. What draws is in sd3-drawing.ts and
// conversation-drawing.ts.

import { structuralSimilarity } from '../../contract/picture-similarity'
import { peakSignalToNoise } from '../../contract/precision-statistics'
import { columnErrors, spread } from './column-errors'
import type { Feeds, GraphSet } from './graph-set'
import type { SubjectContext, SubjectRun, SubjectRunner } from './subject'

export interface MadePicture {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

export interface DrawingContext {
  readonly isCancelled: () => boolean
  /** `step` of `steps` is done, in so many milliseconds. */
  readonly onStep: (step: number, steps: number, milliseconds: number) => void
}

/** Whatever draws: a model that only draws, or a conversation. */
export interface PictureSource {
  /** Ranges are found on a picture of another seed. */
  readonly calibrationKey: string
  /**
   * Draws the subject's picture.
   * @param seedsOn how far the seed is from the subject's
   * @throws StudioError CANCELLED
   */
  draw(graphs: GraphSet, seedsOn: number, context: DrawingContext): Promise<MadePicture>
  prefers(feeds: Feeds, best: Feeds | null, call: number): boolean
}

export class PictureRunner implements SubjectRunner<MadePicture> {
  readonly #source: PictureSource
  readonly #runs: number

  constructor(source: PictureSource, runs: number) {
    this.#source = source
    this.#runs = runs
  }

  get calibrationKey(): string {
    return this.#source.calibrationKey
  }

  async run(graphs: GraphSet, context: SubjectContext): Promise<SubjectRun<MadePicture>> {
    const steps: number[] = []
    const totals: number[] = []
    let made: MadePicture | null = null
    for (let run = 0; run < this.#runs; run++) {
      const started = performance.now()
      const loadedBefore = graphs.loadMilliseconds
      const own: number[] = []
      made = await this.#source.draw(graphs, 0, {
        isCancelled: context.isCancelled,
        onStep: (step, count, milliseconds) => {
          own.push(milliseconds)
          context.onProgress((run + step / count) / this.#runs, `Step ${step} of ${count}`)
        },
      })
      // A first step finds buffers to be laid out; where there are others it is not counted.
      steps.push(...(own.length > 1 ? own.slice(1) : own))
      totals.push(performance.now() - started - (graphs.loadMilliseconds - loadedBefore))
    }
    const counted = totals.length > 1 ? totals.slice(1) : totals
    return { made: made!, run: { unit: 'step', ...spread(steps), total: spread(counted).median } }
  }

  async calibrate(graphs: GraphSet, { isCancelled, onProgress }: SubjectContext): Promise<void> {
    await this.#source.draw(graphs, 1, {
      isCancelled,
      onStep: (step, count) => onProgress(step / count, 'Calibrating'),
    })
  }

  compare(reference: MadePicture, own: MadePicture): ReturnType<SubjectRunner<MadePicture>['compare']> {
    const { width, height } = own
    const isReference = reference === own
    const [one, other] = [unit(reference.rgb), unit(own.rgb)]
    const picture = (data: Float32Array) => ({ width, height, channels: 3, data })
    const similarity = structuralSimilarity(picture(one), picture(other))
    const difference = meanDifference(one, other)
    const scale = difference.reduce((largest, value) => Math.max(largest, value), 0)
    return {
      errors: columnErrors(one, other, { psnr: peakSignalToNoise(one, other), ssim: similarity.mean }),
      output: {
        kind: 'picture',
        width,
        height,
        rgb: own.rgb,
        difference: isReference ? null : grey(difference, scale === 0 ? 1 : scale),
        differenceScale: scale,
        similarity: isReference ? null : grey(similarity.map, 1),
      },
    }
  }

  prefers(feeds: Feeds, best: Feeds | null, call: number): boolean {
    return this.#source.prefers(feeds, best, call)
  }
}

/** Levels 0 to 255 as numbers on 0 to 1. */
function unit(rgb: Uint8Array): Float32Array {
  return Float32Array.from(rgb, (level) => level / 255)
}

/** Mean over the three colours of the absolute difference, by pixel. */
function meanDifference(one: Float32Array, other: Float32Array): Float32Array {
  const result = new Float32Array(one.length / 3)
  for (let pixel = 0; pixel < result.length; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      result[pixel]! += Math.abs(one[3 * pixel + colour]! - other[3 * pixel + colour]!) / 3
    }
  }
  return result
}

function grey(values: Float32Array, white: number): Uint8Array {
  return Uint8Array.from(values, (value) => Math.max(0, Math.min(255, Math.round((value / white) * 255))))
}
