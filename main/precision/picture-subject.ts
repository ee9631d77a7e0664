// A picture at several precisions: one prompt, one seed, one noise, one schedule.

import { StudioError } from '../../contract/errors'
import { generateRequestSchema, type GenerateSettings } from '../../contract/images'
import type { Subject } from '../../contract/precision'
import { structuralSimilarity } from '../../contract/picture-similarity'
import { peakSignalToNoise } from '../../contract/precision-statistics'
import type { Sd3Folder } from '../images/folder'
import { generateImages } from '../images/generate'
import { columnErrors, spread } from './column-errors'
import type { Feeds, GraphSet } from './graph-set'
import type { SubjectContext, SubjectRun, SubjectRunner } from './subject'

type PictureSubject = Extract<Subject, { kind: 'picture' }>

interface MadePicture {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

/** What is drawn: the subject's wishes, and the model's own defaults for the rest. */
export function pictureSettings(folder: Sd3Folder, modelId: string, subject: PictureSubject): GenerateSettings {
  const { defaults } = folder
  return generateRequestSchema.parse({
    modelId,
    prompt: subject.prompt,
    negativePrompt: subject.negativePrompt,
    width: subject.width ?? defaults.width,
    height: subject.height ?? defaults.height,
    steps: subject.steps ?? defaults.steps,
    guidanceScale: subject.guidanceScale ?? defaults.guidanceScale,
    shift: defaults.shift,
    seed: subject.seed,
    previewEvery: 0,
  })
}

export class PictureRunner implements SubjectRunner<MadePicture> {
  readonly #folder: Sd3Folder
  readonly #settings: GenerateSettings
  readonly #runs: number

  constructor(folder: Sd3Folder, settings: GenerateSettings, runs: number) {
    this.#folder = folder
    this.#settings = settings
    this.#runs = runs
  }

  /** Ranges are found on a picture of another seed. */
  get calibrationKey(): string {
    const { prompt, negativePrompt, seed, width, height, steps, guidanceScale } = this.#settings
    return JSON.stringify(['picture', prompt, negativePrompt, seed + 1, width, height, steps, guidanceScale])
  }

  async run(graphs: GraphSet, context: SubjectContext): Promise<SubjectRun<MadePicture>> {
    const steps: number[] = []
    const totals: number[] = []
    let made: MadePicture | null = null
    for (let run = 0; run < this.#runs; run++) {
      const started = performance.now()
      const loadedBefore = graphs.loadMilliseconds
      const own: number[] = []
      made = await this.#draw(graphs, this.#settings, {
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
    const settings = { ...this.#settings, seed: this.#settings.seed + 1 }
    await this.#draw(graphs, settings, {
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

  /** A step in the middle of the drawing, where there is about as much picture as noise; the first where there is no other. */
  prefers(_feeds: Feeds, best: Feeds | null, call: number): boolean {
    return best === null || call === Math.floor(this.#settings.steps / 2)
  }

  async #draw(
    graphs: GraphSet,
    settings: GenerateSettings,
    {
      isCancelled,
      onStep,
    }: { isCancelled: () => boolean; onStep: (step: number, steps: number, milliseconds: number) => void },
  ): Promise<MadePicture> {
    let made: MadePicture | null = null
    await generateImages(
      this.#folder,
      settings,
      {},
      {
        open: (role) => graphs.open(role),
        stageDone: async () => undefined,
        emit: (event) => {
          if (event.type === 'step') onStep(event.step, event.steps, event.milliseconds)
          else if (event.type === 'image' && !event.partial) made = event
        },
        isCancelled,
        now: () => performance.now(),
      },
    )
    // A drawing that was stopped gives a partial picture, which is nothing to compare.
    if (made === null) throw new StudioError('CANCELLED', 'The comparison was cancelled')
    return made
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
