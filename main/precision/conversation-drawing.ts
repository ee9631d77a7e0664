import { drawingSchema } from '../../contract/chat-settings'
import { StudioError } from '../../contract/errors'
import type { Subject } from '../../contract/precision'
import { ContextPool } from '../chat/context-pool'
import { bagelChatFacts } from '../chat/facts'
import type { BagelFolder } from '../chat/folder'
import { seededNoise } from '../chat/noise-source'
import { runTurn } from '../chat/run-turn'
import { tokenizerOf } from '../chat/tokenizers'
import type { TurnDrawing } from '../chat/turn'
import { columnGraphs, decoderRows, oneTurn } from './conversation'
import type { Feeds, GraphSet } from './graph-set'
import type { DrawingContext, MadePicture, PictureSource } from './picture-subject'

type PictureSubject = Extract<Subject, { kind: 'picture' }>

/**
 * What is drawn: the subject's wishes, and the model's own defaults for the rest. The guidance's scale is that by words.
 * @throws StudioError MODEL_UNSUPPORTED where the model draws nothing, INVALID_INPUT
 */
export function conversationDrawing(folder: BagelFolder, subject: PictureSubject): TurnDrawing {
  const drawing = bagelChatFacts(folder).defaults.draw?.drawing
  if (drawing == null) throw new StudioError('MODEL_UNSUPPORTED', `${folder.name} does not draw pictures.`)
  if (subject.negativePrompt.trim() !== '') {
    throw new StudioError('INVALID_INPUT', `${folder.name} takes no negative prompt`, {
      field: 'subject.negativePrompt',
      remedy: 'Leave it empty: a conversation is guided away from what it says without the last words.',
    })
  }
  const { width, height, steps, guidanceScale } = subject
  return drawingSchema.parse({
    ...drawing,
    width: width ?? drawing.width,
    height: height ?? drawing.height,
    steps: steps ?? drawing.steps,
    textScale: guidanceScale ?? drawing.textScale,
  })
}

/** A conversation that draws what one message asks for. */
export class ConversationPictureSource implements PictureSource {
  readonly #folder: BagelFolder
  readonly #subject: PictureSubject
  readonly #drawing: TurnDrawing
  /** Steps that are done of the drawing in hand, and passes through the decoder since the last of them. */
  #stepsDone = 0
  #passes = 0

  constructor(folder: BagelFolder, subject: PictureSubject) {
    this.#folder = folder
    this.#subject = subject
    this.#drawing = conversationDrawing(folder, subject)
  }

  get calibrationKey(): string {
    return JSON.stringify(['conversation', this.#subject.prompt, this.#subject.seed + 1, this.#drawing])
  }

  async draw(graphs: GraphSet, seedsOn: number, { isCancelled, onStep }: DrawingContext): Promise<MadePicture> {
    const folder = this.#folder
    const { prompt } = this.#subject
    const seed = this.#subject.seed + seedsOn
    let made: MadePicture | null = null
    this.#stepsDone = 0
    this.#passes = 0
    await runTurn(oneTurn({ prompt, picture: null, maxTokens: 1, seed }, this.#drawing), {
      graphs: columnGraphs(graphs, folder, isCancelled),
      tokenizer: await tokenizerOf(folder),
      // Rows of one column are of no use to another, so that none are kept.
      pool: new ContextPool(Number.POSITIVE_INFINITY),
      poolKey: 'column',
      noise: seededNoise(seed),
      previewEvery: 0,
      emit: (event) => {
        if (event.type === 'step') {
          this.#stepsDone = event.step
          this.#passes = 0
          onStep(event.step, event.steps, event.milliseconds)
        } else if (event.type === 'picture' && !event.partial) made = event
      },
      phaseDone: async () => undefined,
    })
    // A drawing that was stopped throws; without a picture there is nothing to compare.
    if (made === null) throw new StudioError('CANCELLED', 'The comparison was cancelled')
    return made
  }

  /** A step in the middle of the drawing, as the message is seen in full: the first pass of that step. */
  prefers(feeds: Feeds, best: Feeds | null): boolean {
    if (decoderRows(feeds, 'gen') === 0) return best === null
    this.#passes += 1
    // One point of the schedule more than steps.
    const middle = Math.floor((this.#drawing.steps - 1) / 2)
    return this.#passes === 1 && this.#stepsDone === middle
  }
}
