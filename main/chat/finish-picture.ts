// From a latent to pixels: the finished picture, and small ones on the way.

import type { RgbImage } from '../tensor/image'
import { float32, type Tensor } from '../tensor/tensor'
import type { BagelGraphs } from './graphs'
import { tokensToLatent } from './patches'
import { latentShape } from './picture-reader'
import { truncatedImage } from './truncated-image'
import { decodeLatent } from './vae-tiles'

/** Tokens of a picture, [rows * columns, width], with the size in tokens. */
export interface TokenGrid {
  readonly tokens: Float32Array
  readonly rows: number
  readonly columns: number
}

/**
 * Decodes the latent; in tiles where memory runs out for the whole, whose borders may show faintly.
 * @throws StudioError NOT_FINITE, OUT_OF_MEMORY, CANCELLED
 */
export async function finishPicture(graphs: BagelGraphs, grid: TokenGrid): Promise<RgbImage> {
  const { scale, shift } = graphs.facts.vae
  const latent = gridLatent(graphs, grid)
  for (let i = 0; i < latent.data.length; i++) latent.data[i] = latent.data[i]! / scale + shift
  return truncatedImage(await decodeLatent(graphs, latent))
}

function gridLatent(graphs: BagelGraphs, { tokens, rows, columns }: TokenGrid): Tensor<'float32'> {
  const shape = latentShape(rows, columns, graphs.facts)
  return float32([1, shape.channels, shape.height, shape.width], tokensToLatent(tokens, shape))
}

/** Share of a drawing's time that previews by the full decoder may take. */
const previewShare = 0.1

/** Milliseconds of drawing from one preview to the next: more of them nobody sees, and each has to be encoded and sent. */
const previewGap = 100

/** Makes previews while a picture is drawn: with a small decoder as often as an eye follows, else as often as the full one's time allows. */
export class Previews {
  readonly #graphs: BagelGraphs
  readonly #every: number
  #sinceLast = Number.POSITIVE_INFINITY
  #drawingMilliseconds = 0
  #previewMilliseconds = 0

  /** @param every so many steps; 0 for none */
  constructor(graphs: BagelGraphs, every: number) {
    this.#graphs = graphs
    this.#every = every
  }

  /** The preview that is due after a step; null where none is. @param milliseconds of the step */
  async after(step: number, milliseconds: number, clean: TokenGrid): Promise<RgbImage | null> {
    this.#drawingMilliseconds += milliseconds
    this.#sinceLast += milliseconds
    if (this.#every === 0 || step % this.#every !== 0 || this.#sinceLast < previewGap) return null
    if (this.#graphs.has('preview_decoder')) {
      this.#sinceLast = 0
      const latent = gridLatent(this.#graphs, clean)
      return truncatedImage(await this.#graphs.previewLatent(latent))
    }
    if (this.#previewMilliseconds > previewShare * this.#drawingMilliseconds) return null
    this.#sinceLast = 0
    const started = performance.now()
    const image = await finishPicture(this.#graphs, clean)
    this.#previewMilliseconds += performance.now() - started
    return image
  }
}
