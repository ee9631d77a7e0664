// Reading: a planned block goes through the decoder, and its rows stay in the context.

import type { Context } from './context'
import { pastFeeds, pictureInput, runDecoder, textInput } from './decoder'
import type { BagelGraphs } from './graphs'
import type { PictureReader } from './picture-reader'
import type { PlannedBlock } from './transcript'

/** Rows of text in one run: a long text must not hold up a cancel, nor take attention scores of all rows at once. */
const textRows = 512

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
      for (const block of blocks) {
        if (block.kind === 'text') await this.#readText(context, block.ids)
        else await this.#readPicture(context, block)
        context.close(block.kind, block.advance, block.content)
      }
    } finally {
      context.dropOpenRows()
    }
  }

  async #readText(context: Context, ids: readonly number[]): Promise<void> {
    const { start, end } = this.#graphs.facts.specialTokens
    const all = [start, ...ids, end]
    for (let from = 0; from < all.length; from += textRows) {
      await appendTokens(this.#graphs, context, all.slice(from, from + textRows), 'rows')
      this.#onRows(Math.min(textRows, all.length - from))
    }
  }

  async #readPicture(context: Context, block: Extract<PlannedBlock, { kind: 'vit' | 'vae' }>): Promise<void> {
    const { hidden } = this.#graphs.facts
    const { picture, prepared, size } = block
    const borders = await this.borders()
    const isSeen = block.kind === 'vit'
    const tokens = isSeen
      ? await this.#pictures.see(picture, prepared, size)
      : await this.#pictures.encode(picture, prepared, size)
    // Rows of a picture see each other and stand at one position, so their order does not matter.
    const input = isSeen
      ? pictureInput(between(borders, tokens), new Float32Array(0), context.rope, hidden)
      : pictureInput(borders, tokens, context.rope, hidden)
    const { rows } = await runDecoder(this.#graphs, pastFeeds(context.view()), input, 'rows')
    context.append(block.rows, rows)
    this.#onRows(block.rows)
  }
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
