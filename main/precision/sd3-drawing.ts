import { StudioError } from '../../contract/errors'
import { generateRequestSchema, type GenerateSettings } from '../../contract/images'
import type { Subject } from '../../contract/precision'
import type { Sd3Folder } from '../images/folder'
import { generateImages } from '../images/generate'
import type { Feeds, GraphSet } from './graph-set'
import type { DrawingContext, MadePicture, PictureSource } from './picture-subject'

type PictureSubject = Extract<Subject, { kind: 'picture' }>

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

/** A model of the Stable Diffusion 3 family that draws. */
export class Sd3Source implements PictureSource {
  readonly #folder: Sd3Folder
  readonly #settings: GenerateSettings

  constructor(folder: Sd3Folder, settings: GenerateSettings) {
    this.#folder = folder
    this.#settings = settings
  }

  get calibrationKey(): string {
    const { prompt, negativePrompt, seed, width, height, steps, guidanceScale } = this.#settings
    return JSON.stringify(['picture', prompt, negativePrompt, seed + 1, width, height, steps, guidanceScale])
  }

  async draw(graphs: GraphSet, seedsOn: number, { isCancelled, onStep }: DrawingContext): Promise<MadePicture> {
    let made: MadePicture | null = null
    await generateImages(
      this.#folder,
      { ...this.#settings, seed: this.#settings.seed + seedsOn },
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

  /** A step in the middle of the drawing, where there is about as much picture as noise; the first where there is no other. */
  prefers(_feeds: Feeds, best: Feeds | null, call: number): boolean {
    return best === null || call === Math.floor(this.#settings.steps / 2)
  }
}
