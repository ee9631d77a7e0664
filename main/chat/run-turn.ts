// One turn from start to end: read what is new, think, then answer in words or draw.

import type { TextTokenizer } from '../text/text-tokenizer'
import { checkContextRows, planRows } from './context-rows'
import type { Context } from './context'
import type { ContextPool } from './context-pool'
import { drawPicture, type DrawnLatent } from './draw-picture'
import { finishPicture, Previews, type TokenGrid } from './finish-picture'
import { cancelled, isCancel, type BagelGraphs } from './graphs'
import type { NoiseSource } from './noise-source'
import { positionIds } from './patches'
import { PictureReader } from './picture-reader'
import type { PictureSize } from './picture-size'
import { BlockReader } from './read-block'
import { bytesPerRow } from './row-store'
import { taggedThought } from './thought-text'
import { chainsOf, readTranscript, textBlock, totalRows, type PlannedBlock, type Transcript } from './transcript'
import type { ChatTurn, ChatTurnEvent, TurnDrawing } from './turn'
import { PrefillMeter, TurnMeter } from './turn-meter'
import { needsTextContext } from './turn-work'
import { keepWritten, type WrittenText } from './write-text'
import { writeParts } from './write-parts'

export interface TurnTools {
  readonly graphs: BagelGraphs
  readonly tokenizer: TextTokenizer
  readonly pool: ContextPool
  /** Rows in the pool are of one model, precision and device. */
  readonly poolKey: string
  readonly noise: NoiseSource
  readonly emit: (event: ChatTurnEvent) => void
  /** A preview every so many steps; 0 for none. */
  readonly previewEvery: number
  /** Says that these graphs are not needed any more in this turn. */
  readonly phaseDone: (phase: 'prefill' | 'draw' | 'decode') => Promise<void>
}

/**
 * Runs a turn and tells what comes of it. The same turn gives the same answer, whatever was read before.
 * @throws StudioError INVALID_INPUT, CONTEXT_FULL before anything is run; MODEL_UNSUPPORTED, NOT_FINITE, OUT_OF_MEMORY; CANCELLED after
 *   the events of what there was
 */
export async function runTurn(turn: ChatTurn, tools: TurnTools): Promise<void> {
  const { graphs, tokenizer, emit } = tools
  const transcript = readTranscript(turn, graphs.facts, tokenizer)
  const plan = planRows(turn, transcript, graphs.facts, tokenizer)
  checkContextRows(plan)
  emit({ type: 'pictures', pictures: plan.pictures })
  const run = new TurnRun(turn, transcript, plan.size, tools)
  try {
    await run.answer()
  } catch (error) {
    if (isCancel(error)) run.tellStatistics()
    throw error
  } finally {
    run.keepContexts()
  }
  run.tellStatistics()
}

class TurnRun {
  readonly #turn: ChatTurn
  readonly #transcript: Transcript
  readonly #size: PictureSize | null
  readonly #tools: TurnTools
  readonly #meter: TurnMeter
  readonly #context: Context
  /** The texts alone, where guidance needs them apart. */
  #textContext: Context | null = null

  constructor(turn: ChatTurn, transcript: Transcript, size: PictureSize | null, tools: TurnTools) {
    this.#turn = turn
    this.#transcript = transcript
    this.#size = size
    this.#tools = tools
    this.#meter = new TurnMeter(tools.graphs)
    this.#context = this.#take(transcript.blocks)
  }

  async answer(): Promise<void> {
    const { drawing } = this.#turn
    const reader = await this.#read()
    if (drawing === null) return this.#answerInWords()
    await this.#think(reader)
    await this.#draw(drawing, this.#size!, await reader.borders())
  }

  tellStatistics(): void {
    this.#tools.emit({ type: 'statistics', statistics: this.#meter.read(this.#context) })
  }

  /** What was read whole serves later turns, the stopped ones too: it hangs on the transcript alone. */
  keepContexts(): void {
    const { pool, poolKey } = this.#tools
    const read = this.#transcript.blocks.length
    // A thought is no part of the conversation that the next turn reads.
    if (this.#turn.drawing !== null && this.#context.blocks.length > read) this.#context.truncate(read)
    pool.put(poolKey, this.#context)
    if (this.#textContext !== null) pool.put(poolKey, this.#textContext)
  }

  #take(blocks: readonly PlannedBlock[]): Context {
    const { pool, poolKey, graphs } = this.#tools
    const bytes = totalRows(blocks) * bytesPerRow(graphs.facts)
    return pool.take(poolKey, chainsOf(blocks), graphs.facts, bytes)
  }

  async #read(): Promise<BlockReader> {
    const { graphs, noise, emit, phaseDone } = this.#tools
    const { blocks, textOnly } = this.#transcript
    if (needsTextContext(this.#turn, this.#transcript)) this.#textContext = this.#take(textOnly)
    const contexts: readonly (readonly [Context | null, readonly PlannedBlock[]])[] = [
      [this.#context, blocks.slice(this.#context.blocks.length)],
      [this.#textContext, textOnly.slice(this.#textContext?.blocks.length ?? 0)],
    ]
    const wanted = contexts.filter(([context]) => context !== null)
    const rows = wanted.reduce((sum, [, missing]) => sum + totalRows(missing), 0)
    const reused = wanted.reduce((sum, [context]) => sum + context!.length, 0)
    emit({ type: 'phase', phase: 'prefill', label: `Reading ${rows} rows` })
    const meter = new PrefillMeter(this.#meter, emit, rows, reused)
    const reader = new BlockReader(graphs, new PictureReader(graphs, noise), (read) => meter.read(read))
    try {
      for (const [context, missing] of wanted) {
        context!.reserve(context!.length + totalRows(missing))
        await reader.read(context!, missing)
      }
    } finally {
      meter.end()
    }
    await phaseDone('prefill')
    return reader
  }

  async #answerInWords(): Promise<void> {
    const { thinking, maxTokens, sampling, begun: words = '' } = this.#turn
    const { graphs, tokenizer, emit } = this.#tools
    const begun = tokenizer.encodePart((thinking.kind === 'given' ? taggedThought(thinking.text) : '') + words)
    const written = await writeParts({
      graphs,
      tokenizer,
      emit,
      sampling,
      context: this.#context,
      meter: this.#meter,
      begun,
      expects: thinking.kind === 'write' ? 'think or answer' : 'answer',
      maxTokens: maxTokens + (thinking.kind === 'write' ? thinking.maxTokens : 0),
    })
    if (written.finishReason === 'cancelled') throw cancelled()
    // With a thought before it the answer has other rows than it will have without, when the next turn reads it.
    if (thinking.kind === 'none') {
      await this.#keep({ ids: [...begun, ...written.ids], text: words + written.text })
    }
  }

  async #keep(written: Pick<WrittenText, 'ids' | 'text'>): Promise<void> {
    const { graphs, tokenizer } = this.#tools
    await graphs.keeping(() => keepWritten(graphs, this.#context, written, tokenizer))
  }

  /** The thought before a picture: written, read again as a text, and drawn after. */
  async #think(reader: BlockReader): Promise<void> {
    const { thinking, sampling } = this.#turn
    const { graphs, tokenizer, emit } = this.#tools
    if (thinking.kind === 'none') return
    let thought = ''
    if (thinking.kind === 'given') thought = taggedThought(thinking.text)
    else {
      const { context, meter } = { context: this.#context, meter: this.#meter }
      const { maxTokens } = thinking
      const options = { graphs, tokenizer, emit, sampling, context, meter, begun: [], maxTokens }
      const written = await writeParts({ ...options, expects: 'think' })
      if (written.finishReason === 'cancelled') throw cancelled()
      thought = written.text
      context.dropOpenRows()
    }
    await reader.read(this.#context, [textBlock(tokenizer.encodePart(thought))])
  }

  async #draw(settings: TurnDrawing, size: PictureSize, borders: Float32Array): Promise<void> {
    const { graphs, noise, emit, phaseDone, previewEvery } = this.#tools
    const { latentDownsample, latentPatch, latentChannels, maxLatentSize } = graphs.facts
    const [rows, columns] = [size.height / latentDownsample, size.width / latentDownsample]
    emit({ type: 'phase', phase: 'draw', label: 'Drawing' })
    const previews = new Previews(graphs, previewEvery)
    const began = this.#meter.now()
    const drawn = await drawPicture(noise.latents(rows * columns * latentPatch ** 2 * latentChannels), {
      graphs,
      settings,
      borders,
      views: this.#views(),
      positionIds: positionIds(rows, columns, maxLatentSize),
      onStep: async (step, tokens) => {
        // A cancel is noticed by the next step, which knows what there is to keep.
        const clean = { tokens, rows, columns }
        const preview = await graphs.keeping(() => previews.after(step.step, step.milliseconds, clean))
        emit({ type: 'step', ...step, preview })
      },
    })
    const { stepsDone, passes, passesSaved } = drawn
    const milliseconds = this.#meter.now() - began
    this.#meter.add({ phase: 'draw', milliseconds, steps: stepsDone, passes, passesSaved })
    await phaseDone('draw')
    if (drawn.isStopped && stepsDone === 0) throw cancelled()
    await this.#finish(drawn, { tokens: drawn.tokens, rows, columns })
  }

  /** @throws StudioError CANCELLED, after the picture was told as far as it had come */
  async #finish({ isStopped, stepsDone, steps }: DrawnLatent, grid: TokenGrid): Promise<void> {
    const { graphs, emit, phaseDone } = this.#tools
    emit({ type: 'phase', phase: 'decode', label: 'Decoding the picture' })
    const began = this.#meter.now()
    const image = await graphs.keeping(() => finishPicture(graphs, grid))
    this.#meter.add({ phase: 'decode', milliseconds: this.#meter.now() - began })
    const { seed } = this.#turn.sampling
    emit({ type: 'picture', ...image, seed, partial: isStopped, stepsDone, steps })
    await phaseDone('decode')
    if (isStopped) throw cancelled()
  }

  /** Views that show what the full one shows are left out: their pass would give the same again. */
  #views(): Parameters<typeof drawPicture>[1]['views'] {
    const { withoutText, blocks, textOnly } = this.#transcript
    const context = this.#context
    const full = context.view()
    const before = context.view(withoutText)
    // Without pictures the texts are a beginning of what was read: all of it where nothing was thought.
    const texts = textOnly.length === blocks.length ? context.view(blocks.length) : (this.#textContext?.view() ?? full)
    const other = (view: typeof full): typeof full | null =>
      view.context === full.context && view.length === full.length ? null : view
    return { full, withoutText: other(before), withoutPictures: other(texts) }
  }
}
