import { StudioError } from '../../contract/errors'
import type { GraphSession, ValueInfo } from '../runtime/graph-session'
import type { Tensor } from '../tensor/tensor'
import type { GraphRunner } from './graph-runner'
import { batchLimit, castFloats, isFloat, overwriteFloats, readFloats, refuseOthers, requireValue } from './graphs-io'
import { TRAINING_STEPS } from './schedule'

/** The text that one row of a batch is drawn for. */
export interface Conditioning {
  /** [tokens, width] */
  readonly context: Float32Array
  readonly tokens: number
  readonly pooled: Float32Array
}

/** Feeds for batches of one text side by side; made once a run, with a latent buffer that every step fills anew. */
export interface PreparedBatch {
  readonly rows: number
  readonly feeds: Record<string, Tensor>
  readonly latents: Tensor
  readonly stacked: Float32Array
  readonly timesteps: Tensor
  /** Room for an output that has to be widened to float32. */
  readonly scratch: Float32Array
}

/** The latent's size: [1, channels, height, width]. */
export type LatentShape = readonly [1, number, number, number]

/** The MMDiT: predicts the velocity of a noisy latent. */
export class TransformerGraph {
  readonly session: GraphSession
  readonly #runner: GraphRunner
  readonly #latent: ValueInfo
  readonly #context: ValueInfo
  readonly #pooled: ValueInfo
  readonly #timestep: ValueInfo
  readonly #gates: ValueInfo | undefined
  readonly #output: ValueInfo

  constructor(session: GraphSession, runner: GraphRunner) {
    this.session = session
    this.#runner = runner
    const floats = (rank: number) => (input: ValueInfo) => isFloat(input.dtype) && input.shape.length === rank
    this.#gates = session.inputs.find((input) => input.name === 'block_gates')
    this.#latent = requireValue(session, 'inputs', ['hidden_states', 'sample'], floats(4))
    this.#context = requireValue(session, 'inputs', ['encoder_hidden_states'], floats(3))
    this.#pooled = requireValue(session, 'inputs', ['pooled_projections'], floats(2))
    this.#timestep = requireValue(
      session,
      'inputs',
      ['timestep'],
      (input) => input.shape.length <= 1 && input !== this.#gates,
    )
    refuseOthers(session, [this.#latent, this.#context, this.#pooled, this.#timestep, this.#gates])
    const names = ['out_hidden_states', 'out_sample', 'sample']
    this.#output = requireValue(session, 'outputs', names, (output) => output.shape.length === 4)
  }

  /** Most rows that fit one run: 1 where the export fixed the batch. */
  get maxRows(): number {
    const isScalar = this.#timestep.shape.length === 0
    return isScalar ? 1 : batchLimit([this.#latent, this.#context, this.#pooled, this.#timestep])
  }

  /** How many blocks can be switched off one by one; 0 where none can. */
  get gatedBlocks(): number {
    const size = this.#gates?.shape[0]
    return typeof size === 'number' ? size : 0
  }

  /** Width of a context row and of the pooled vector, where the graph says. */
  get widths(): { context: number | undefined; pooled: number | undefined } {
    const fixed = (size: number | string | undefined) => (typeof size === 'number' && size > 0 ? size : undefined)
    return { context: fixed(this.#context.shape[2]), pooled: fixed(this.#pooled.shape[1]) }
  }

  /** @throws StudioError INVALID_INPUT or MODEL_UNSUPPORTED where the graph was exported for other sizes */
  checkShape([, channels, height, width]: LatentShape, pixels: number): void {
    const [, ownChannels, ownHeight, ownWidth] = this.#latent.shape
    if (typeof ownChannels === 'number' && ownChannels > 0 && ownChannels !== channels) {
      throw new StudioError(
        'MODEL_UNSUPPORTED',
        `The transformer takes ${ownChannels} channels, the VAE has ${channels}`,
        {
          remedy: 'Use the ordinary model rather than one made for inpainting or for ControlNet.',
        },
      )
    }
    const sides = [
      ['height', ownHeight, height],
      ['width', ownWidth, width],
    ] as const
    for (const [field, own, wanted] of sides) {
      if (typeof own !== 'number' || own <= 0 || own === wanted) continue
      const remedy = `Set the ${field} to ${own * pixels}, or export the model with free sizes.`
      throw new StudioError('INVALID_INPUT', `This model was exported for a ${field} of ${own * pixels} px alone`, {
        field,
        remedy,
      })
    }
  }

  /**
   * Makes the feeds for these texts, side by side in one batch.
   * @param skipped blocks to switch off; only where the graph has gates
   */
  prepare(texts: readonly Conditioning[], shape: LatentShape, skipped: readonly number[] = []): PreparedBatch {
    const rows = texts.length
    const [, channels, height, width] = shape
    const size = channels * height * width
    const [first] = texts
    if (first === undefined) throw new RangeError('A batch holds at least one text')
    const contextWidth = first.context.length / first.tokens
    const stacked = new Float32Array(rows * size)
    const latents = castFloats([rows, channels, height, width], stacked, this.#latent)
    const timesteps = castFloats(
      this.#timestep.shape.length === 0 ? [] : [rows],
      new Float32Array(rows),
      this.#timestep,
    )
    const context = join(texts.map((text) => text.context))
    const pooled = join(texts.map((text) => text.pooled))
    const feeds: Record<string, Tensor> = {
      [this.#latent.name]: latents,
      [this.#timestep.name]: timesteps,
      [this.#context.name]: castFloats([rows, first.tokens, contextWidth], context, this.#context),
      [this.#pooled.name]: castFloats([rows, first.pooled.length], pooled, this.#pooled),
    }
    if (this.#gates !== undefined) {
      const gates = Float32Array.from({ length: this.gatedBlocks }, (_, block) => (skipped.includes(block) ? 0 : 1))
      feeds[this.#gates.name] = castFloats([gates.length], gates, this.#gates)
    }
    return { rows, feeds, latents, stacked, timesteps, scratch: new Float32Array(rows * size) }
  }

  /**
   * The velocity of one latent at one noise level, for every text of the batch: [rows, channels, height, width]. The
   * result is valid until the next call.
   */
  async predict(batch: PreparedBatch, latent: Float32Array, sigma: number): Promise<Float32Array> {
    for (let row = 0; row < batch.rows; row++) batch.stacked.set(latent, row * latent.length)
    if (batch.latents.data !== batch.stacked) overwriteFloats(batch.latents, batch.stacked)
    const timestep = Math.fround(Math.fround(sigma) * TRAINING_STEPS)
    overwriteFloats(batch.timesteps, new Float32Array(batch.rows).fill(timestep))
    const out = await this.#runner.call(this.session, batch.feeds, [this.#output.name])
    return readFloats(out[this.#output.name]!, batch.scratch)
  }
}

function join(rows: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0))
  let at = 0
  for (const row of rows) {
    joined.set(row, at)
    at += row.length
  }
  return joined
}
