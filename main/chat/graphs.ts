// The graphs of a BAGEL model behind the words of the model: each call checks for cancel, runs one graph and returns its numbers.
// Names and shapes are those of docs/graphs.md.

import { StudioError } from '../../contract/errors'
import type { Provider } from '../../contract/devices'
import type { GraphSession } from '../runtime/graph-session'
import type { Residency } from '../runtime/residency'
import { float32, isFiniteArray, tensor, type Tensor } from '../tensor/tensor'
import type { BagelFolder, BagelVariant } from './folder'
import type { BagelFacts, GraphRole } from './manifest'

const words: Readonly<Record<GraphRole, string>> = {
  token_embedding: 'token embedding',
  vision_encoder: 'vision encoder',
  vae_encoder: 'VAE encoder',
  latent_embedding: 'latent embedding',
  lm_head: 'language head',
  velocity_head: 'velocity head',
  vae_decoder: 'VAE decoder',
  preview_decoder: 'preview decoder',
}

export interface GraphsOptions {
  readonly modelId: string
  readonly folder: BagelFolder
  readonly variant: BagelVariant
  readonly provider: Provider
  readonly threads: number
  readonly sessions: Pick<Residency, 'open' | 'release'>
  /** Asked before each graph run. */
  readonly isCancelled: () => boolean
  /** Told before a graph's weights are read. */
  readonly onLoad?: (label: string) => void
}

/** How a turn ends that the user stopped. */
export function cancelled(): StudioError {
  return new StudioError('CANCELLED', 'The answer was stopped')
}

export function isCancel(error: unknown): boolean {
  return error instanceof StudioError && error.code === 'CANCELLED'
}

export class BagelGraphs {
  readonly facts: BagelFacts
  readonly #options: GraphsOptions
  readonly #sessions = new Map<string, GraphSession>()
  #graphMilliseconds = 0
  #loadMilliseconds = 0
  #isKeeping = false

  constructor(options: GraphsOptions) {
    this.#options = options
    this.facts = options.folder.facts
  }

  get variant(): BagelVariant {
    return this.#options.variant
  }

  /** Milliseconds inside graph runs so far. */
  get graphMilliseconds(): number {
    return this.#graphMilliseconds
  }

  /** Milliseconds spent on reading weights so far. */
  get loadMilliseconds(): number {
    return this.#loadMilliseconds
  }

  has(role: GraphRole): boolean {
    return this.#options.variant.graphs[role] !== undefined
  }

  /** @throws StudioError CANCELLED where the user wants to stop */
  stopIfCancelled(): void {
    if (!this.#isKeeping && this.#options.isCancelled()) throw cancelled()
  }

  /** Does work that a cancel must not stop, because it keeps what is there. */
  async keeping<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#isKeeping
    this.#isKeeping = true
    try {
      return await work()
    } finally {
      this.#isKeeping = before
    }
  }

  /** Embeddings of tokens, [ids, hidden]. */
  async embedTokens(ids: readonly number[]): Promise<Float32Array> {
    const input = tensor('int64', [ids.length], BigInt64Array.from(ids, BigInt))
    return this.#floats('token_embedding', { input_ids: input }, 'embeds')
  }

  /** What the vision encoder sees, [patches, hidden]. @param patches [patches, patch * patch * 3] */
  async embedPatches(patches: Float32Array, positionIds: BigInt64Array): Promise<Float32Array> {
    const count = positionIds.length
    const feeds = {
      patches: float32([count, patches.length / count], patches),
      position_ids: tensor('int64', [count], positionIds),
    }
    return this.#floats('vision_encoder', feeds, 'embeds')
  }

  /** The autoencoder's distribution of a picture, each [channels, height, width] of the latent. @param pixels [1, 3, height, width] */
  async encodePixels(pixels: Tensor<'float32'>): Promise<{ mean: Float32Array; logVariance: Float32Array }> {
    const out = await this.#run('vae_encoder', { pixels }, ['mean', 'logvar'])
    const [mean, logVariance] = [out['mean']!.data as Float32Array, out['logvar']!.data as Float32Array]
    this.#requireFinite('vae_encoder', mean)
    return { mean, logVariance }
  }

  /** Latent tokens at a timestep, [tokens, hidden]. @param latents [tokens, width] */
  async embedLatents(latents: Float32Array, timestep: number, positionIds: BigInt64Array): Promise<Float32Array> {
    const count = positionIds.length
    const feeds = {
      latents: float32([count, latents.length / count], latents),
      timestep: float32([1], Float32Array.of(timestep)),
      position_ids: tensor('int64', [count], positionIds),
    }
    return this.#floats('latent_embedding', feeds, 'embeds')
  }

  /** Logits of the token after a row, [vocabulary]. @param hidden of that row */
  async logits(hidden: Float32Array): Promise<Float32Array> {
    const logits = await this.#floats('lm_head', { hidden: float32([1, 1, hidden.length], hidden) }, 'logits')
    this.#requireFinite('lm_head', logits)
    return logits
  }

  /** From the decoder's hidden states to velocities, [tokens, width]. @param hidden [tokens, hidden], before the norm */
  async velocity(hidden: Float32Array): Promise<Float32Array> {
    const width = this.facts.hidden
    const feeds = { gen_hidden: float32([1, hidden.length / width, width], hidden) }
    const velocity = await this.#floats('velocity_head', feeds, 'velocity')
    this.#requireFinite('velocity_head', velocity)
    return velocity
  }

  /** Pixels of a latent, [1, 3, height, width], -1 to 1. @param latent [1, channels, height, width], unscaled */
  async decodeLatent(latent: Tensor<'float32'>): Promise<Tensor<'float32'>> {
    const { pixels } = await this.#run('vae_decoder', { latent }, ['pixels'])
    this.#requireFinite('vae_decoder', pixels!.data as Float32Array)
    return pixels as Tensor<'float32'>
  }

  /** Small pixels of a latent as the drawing has it, with the autoencoder's scale and shift in it. */
  async previewLatent(latent: Tensor<'float32'>): Promise<Tensor<'float32'>> {
    // Small decoders come from other projects and keep the names that they have there.
    const { inputs, outputs } = await this.#openRole('preview_decoder')
    const [input, output] = [inputs[0]!.name, outputs[0]!.name]
    return (await this.#run('preview_decoder', { [input]: latent }, [output]))[output] as Tensor<'float32'>
  }

  /** Runs one part of the decoder; `key` is its place among them. */
  async runDecoder(
    part: number,
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[],
  ): Promise<Record<string, Tensor>> {
    const { decoder } = this.#options.variant
    const role = decoder.length === 1 ? 'decoder' : `decoder_${part}`
    return this.#runSession(await this.#open(role, decoder[part]!.file, 'decoder'), feeds, fetches)
  }

  /** Frees graphs that the turn has no more use for. */
  async release(roles: readonly GraphRole[]): Promise<void> {
    for (const role of roles) {
      if (!this.#sessions.delete(role)) continue
      await this.#options.sessions.release(this.#options.modelId, role)
    }
  }

  async #floats(role: GraphRole, feeds: Record<string, Tensor>, output: string): Promise<Float32Array> {
    return (await this.#run(role, feeds, [output]))[output]!.data as Float32Array
  }

  async #run(role: GraphRole, feeds: Record<string, Tensor>, fetches: string[]): Promise<Record<string, Tensor>> {
    return this.#runSession(await this.#openRole(role), feeds, fetches)
  }

  async #openRole(role: GraphRole): Promise<GraphSession> {
    const file = this.#options.variant.graphs[role]
    if (file === undefined) {
      throw new StudioError('MODEL_UNSUPPORTED', `${this.#options.folder.name} has no ${words[role]}`, {
        remedy: 'Choose a model that has it, or download the missing part.',
      })
    }
    return this.#open(role, file, words[role])
  }

  async #open(role: string, file: string, name: string): Promise<GraphSession> {
    const known = this.#sessions.get(role)
    if (known !== undefined) return known
    this.stopIfCancelled()
    this.#options.onLoad?.(`Reading weights: ${name}`)
    const { modelId, provider, threads, sessions } = this.#options
    const started = performance.now()
    const session = await sessions.open({ modelId, role, path: file, provider, threads })
    this.#loadMilliseconds += performance.now() - started
    this.#sessions.set(role, session)
    return session
  }

  async #runSession(
    session: GraphSession,
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[],
  ): Promise<Record<string, Tensor>> {
    this.stopIfCancelled()
    const before = session.runMilliseconds
    try {
      return await session.run(feeds, fetches)
    } finally {
      this.#graphMilliseconds += session.runMilliseconds - before
    }
  }

  #requireFinite(role: GraphRole, values: Float32Array): void {
    if (isFiniteArray(values)) return
    throw new StudioError('NOT_FINITE', `The ${words[role]} gave numbers that are not finite`, {
      remedy:
        'Half precision overflows on this device: use another precision of the model, or choose the CPU under Settings, Device.',
      detail: `${this.#sessions.get(role)?.path} on ${this.#options.provider}`,
    })
  }
}
