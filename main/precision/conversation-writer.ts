import type { Subject } from '../../contract/precision'
import { Context } from '../chat/context'
import { cancelled, type BagelGraphs } from '../chat/graphs'
import { seededNoise } from '../chat/noise-source'
import { PictureReader } from '../chat/picture-reader'
import { appendTokens, BlockReader } from '../chat/read-block'
import { totalRows, type Transcript } from '../chat/transcript'
import { writeText } from '../chat/write-text'
import { samplingSchema } from '../../contract/speculation'
import type { TextTokenizer } from '../text/text-tokenizer'
import { columnGraphs, decoderRows, oneTurn, readTurn, type ConversationInput, type TurnWishes } from './conversation'
import type { Feeds, GraphSet } from './graph-set'
import type { SubjectContext } from './subject'
import type { TextSource, TextWriter } from './text-subject'

type TextSubject = Extract<Subject, { kind: 'text' }>

/** Tokens of each answer that ranges are found on. */
const calibrationTokens = 12
/** Asked about the calibration's pictures, one after another. */
const calibrationQuestions = ['What do you see?', 'What colour is the background?', 'How many are there?'] as const

/** A conversation that answers a question in words, about a picture or about none. */
export class ConversationTextSource implements TextSource {
  readonly #input: ConversationInput
  readonly #subject: TextSubject

  constructor(input: ConversationInput, subject: TextSubject) {
    this.#input = input
    this.#subject = subject
  }

  get maxTokens(): number {
    return this.#subject.maxTokens
  }

  get calibrationKey(): string {
    const { calibration, picture } = this.#input
    const pictures = calibration.map(({ id }) => id)
    return JSON.stringify(['conversation', picture !== null, calibrationQuestions, pictures])
  }

  open(graphs: GraphSet, isCancelled: () => boolean): Promise<TextWriter> {
    const { prompt, maxTokens } = this.#subject
    return this.#writer(graphs, isCancelled, { prompt, picture: this.#input.picture, maxTokens, seed: 0 })
  }

  async calibrate(graphs: GraphSet, { isCancelled, onProgress }: SubjectContext): Promise<void> {
    const { calibration, picture } = this.#input
    for (const [index, prompt] of calibrationQuestions.entries()) {
      onProgress(index / calibrationQuestions.length, 'Calibrating')
      const seen = picture === null ? null : (calibration[index % Math.max(1, calibration.length)] ?? null)
      const wishes = { prompt, picture: seen, maxTokens: calibrationTokens, seed: 0 }
      const writer = await this.#writer(graphs, isCancelled, wishes)
      await writer.write(() => undefined)
      writer.close()
    }
  }

  /** The last run of several rows: the one that reads the reference text, where that has more than one token. */
  prefers(feeds: Feeds, best: Feeds | null): boolean {
    return best === null || decoderRows(feeds, 'und') > 1
  }

  async #writer(graphs: GraphSet, isCancelled: () => boolean, wishes: TurnWishes): Promise<ConversationWriter> {
    const { folder } = this.#input
    const { transcript, tokenizer } = await readTurn(oneTurn(wishes), folder)
    return new ConversationWriter(columnGraphs(graphs, folder, isCancelled), tokenizer, transcript, wishes)
  }
}

class ConversationWriter implements TextWriter {
  readonly #graphs: BagelGraphs
  readonly #tokenizer: TextTokenizer
  readonly #transcript: Transcript
  readonly #wishes: TurnWishes
  /** What was read before the answer. */
  #context: Context | null = null

  constructor(graphs: BagelGraphs, tokenizer: TextTokenizer, transcript: Transcript, wishes: TurnWishes) {
    this.#graphs = graphs
    this.#tokenizer = tokenizer
    this.#transcript = transcript
    this.#wishes = wishes
  }

  tokenText(token: number): string {
    return this.#tokenizer.tokenText(token)
  }

  decode(tokens: readonly number[]): string {
    return this.#tokenizer.decode(tokens)
  }

  async write(onToken: () => void): Promise<number[]> {
    const { maxTokens, seed } = this.#wishes
    // Each time anew, so that reading the picture and the question is part of the time.
    this.close()
    const context = await this.#read()
    const written = await writeText({
      graphs: this.#graphs,
      context,
      tokenizer: this.#tokenizer,
      maxTokens,
      sampling: samplingSchema.parse({ temperature: 0, seed }),
      onToken,
    })
    context.dropOpenRows()
    if (written.finishReason === 'cancelled') throw cancelled()
    return [...written.ids]
  }

  async read(tokens: readonly number[]): Promise<Float32Array[]> {
    if (tokens.length === 0) return []
    const { hidden, specialTokens } = this.#graphs.facts
    const context = await this.#read()
    const ids = [specialTokens.start, ...tokens.slice(0, -1)]
    const states = await appendTokens(this.#graphs, context, ids, 'rows and und')
    context.dropOpenRows()
    const logits: Float32Array[] = []
    for (let row = 0; row < ids.length; row++) {
      logits.push(await this.#graphs.logits(states.slice(row * hidden, (row + 1) * hidden)))
    }
    return logits
  }

  close(): void {
    this.#context?.release()
    this.#context = null
  }

  /** The picture and the question, read once. */
  async #read(): Promise<Context> {
    if (this.#context !== null) return this.#context
    const graphs = this.#graphs
    const { blocks } = this.#transcript
    const context = new Context(graphs.facts)
    context.reserve(totalRows(blocks) + this.#wishes.maxTokens + 1)
    const pictures = new PictureReader(graphs, seededNoise(this.#wishes.seed))
    await new BlockReader(graphs, pictures, () => undefined).read(context, blocks)
    this.#context = context
    return context
  }
}
