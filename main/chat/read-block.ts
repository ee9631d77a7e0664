// Reading: a planned block goes through the decoder, and its rows stay in the context.

import type { Context } from './context'
import { inOneRun, pastFeeds, pictureInput, runDecoder, textInput, type DecoderInput } from './decoder'
import type { BagelGraphs } from './graphs'
import type { PictureReader } from './picture-reader'
import { totalRows, type PlannedBlock } from './transcript'

/**
 * Rows in one run, but for a picture that has more: a long text must not hold up a cancel, nor take attention scores of all rows at
 * once. What is shorter goes through the decoder together: a picture and its question take hardly longer than the picture alone.
 */
const runRows = 512

/** Reads texts and pictures into contexts. */
export class BlockReader {
  readonly #graphs: BagelGraphs
  readonly #pictures: PictureReader
  /** Told after each run how many rows it has read. */
  readonly #onRows: (rows: number) => void
  #borders: Promise<Float32Array> | null = null

  constructor(graphs: BagelGraphs, pictures: PictureReader, onRows: (rows: number) => void) {
    this.#graphs = graphs
    this.#pictures = pictures
    this.#onRows = onRows
  }

  /** Embeddings of the tokens around a picture, [2, hidden]. */
  borders(): Promise<Float32Array> {
    const { visionStart, visionEnd } = this.#graphs.facts.specialTokens
    this.#borders ??= this.#graphs.embedTokens([visionStart, visionEnd])
    return this.#borders
  }

  /** Reads blocks after those that the context holds; a block that was not read whole leaves nothing. @throws StudioError CANCELLED */
  async read(context: Context, blocks: readonly PlannedBlock[]): Promise<void> {
    try {
      for (const run of runsOf(blocks)) {
        const [first] = run
        if (run.length === 1 && first!.kind === 'text') await this.#readText(context, first!.ids)
        else await this.#readTogether(context, run)
        for (const { kind, advance, content, rows } of run) context.close(kind, advance, content, rows)
      }
    } finally {
      context.dropOpenRows()
    }
  }

  async #readText(context: Context, ids: readonly number[]): Promise<void> {
    const all = this.#bordered(ids)
    for (let from = 0; from < all.length; from += runRows) {
      await appendTokens(this.#graphs, context, all.slice(from, from + runRows), 'rows')
      this.#onRows(Math.min(runRows, all.length - from))
    }
  }

  async #readTogether(context: Context, blocks: readonly PlannedBlock[]): Promise<void> {
    const inputs: DecoderInput[] = []
    let position = context.rope
    for (const block of blocks) {
      inputs.push(await this.#inputOf(block, position))
      position += block.advance
    }
    const { rows } = await runDecoder(this.#graphs, pastFeeds(context.view()), inOneRun(inputs), 'rows')
    const count = totalRows(blocks)
    context.append(count, rows)
    this.#onRows(count)
  }

  async #inputOf(block: PlannedBlock, position: number): Promise<DecoderInput> {
    if (block.kind === 'text') {
      const ids = this.#bordered(block.ids)
      return textInput(await this.#graphs.embedTokens(ids), position, ids.length)
    }
    const { hidden } = this.#graphs.facts
    const { picture, prepared, size } = block
    const borders = await this.borders()
    // Rows of a picture see each other and stand at one position, so their order does not matter.
    if (block.kind === 'vae') {
      return pictureInput(borders, await this.#pictures.encode(picture, prepared, size), position, hidden)
    }
    const tokens = await this.#pictures.see(picture, prepared, size)
    return pictureInput(between(borders, tokens), new Float32Array(0), position, hidden)
  }

  #bordered(ids: readonly number[]): number[] {
    const { start, end } = this.#graphs.facts.specialTokens
    return [start, ...ids, end]
  }
}

/** Blocks that go through the decoder together; those of the generation expert go alone, for their rows would come last. */
function runsOf(blocks: readonly PlannedBlock[]): PlannedBlock[][] {
  const runs: PlannedBlock[][] = []
  let rows = Number.POSITIVE_INFINITY
  for (const block of blocks) {
    const isAlone = block.kind === 'vae' || rows + block.rows > runRows
    if (isAlone) runs.push([block])
    else runs.at(-1)!.push(block)
    rows = block.kind === 'vae' ? Number.POSITIVE_INFINITY : block.rows + (isAlone ? 0 : rows)
  }
  return runs
}

/**
 * Runs tokens of text after all rows that the context holds, and appends theirs.
 * @returns hidden states [tokens, hidden] after the norm, where they are wanted
 */
export async function appendTokens(
  graphs: BagelGraphs,
  context: Context,
  ids: readonly number[],
  wants: 'rows' | 'rows and und',
): Promise<Float32Array> {
  const { length } = context
  const position = context.rope + length - context.blockLength
  const input = textInput(await graphs.embedTokens(ids), position, ids.length)
  const past = pastFeeds({ context, length, rope: context.rope })
  const { und, rows } = await runDecoder(graphs, past, input, wants)
  context.append(ids.length, rows)
  return und
}

/** The tokens with one of the two around them on each side. */
function between(borders: Float32Array, tokens: Float32Array): Float32Array {
  const hidden = borders.length / 2
  const all = new Float32Array(borders.length + tokens.length)
  all.set(borders.subarray(0, hidden))
  all.set(tokens, hidden)
  all.set(borders.subarray(hidden), hidden + tokens.length)
  return all
}
