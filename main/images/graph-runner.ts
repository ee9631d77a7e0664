import { StudioError } from '../../contract/errors'
import type { Stage } from '../../contract/images'
import type { GraphSession } from '../runtime/graph-session'
import { isFiniteArray, type Tensor } from '../tensor/tensor'
import { cancelled, type ImageEvent, type ImageRole, type ImageRun } from './image-run'

const words: Readonly<Record<ImageRole, string>> = {
  text_encoder: 'CLIP-L',
  text_encoder_2: 'CLIP-G',
  text_encoder_3: 'T5',
  transformer: 'transformer',
  vae_encoder: 'VAE encoder',
  vae_decoder: 'VAE decoder',
  preview_decoder: 'preview decoder',
}

/** Opens and runs graphs for one request: asks for cancel before each run, and keeps the time by stage. */
export class GraphRunner {
  readonly #run: ImageRun
  #timings: Partial<Record<Stage, number>> = {}
  #graphMilliseconds = 0
  #isKeeping = false

  constructor(run: ImageRun) {
    this.#run = run
  }

  /** Does work that a cancel must not stop, because it keeps what is there. */
  async keeping<T>(work: () => Promise<T>): Promise<T> {
    this.#isKeeping = true
    try {
      return await work()
    } finally {
      this.#isKeeping = false
    }
  }

  /** @throws StudioError CANCELLED where the user wants to stop */
  stopIfCancelled(): void {
    if (!this.#isKeeping && this.#run.isCancelled()) throw cancelled()
  }

  /** Loads a graph, or takes the one in memory. */
  async open(role: ImageRole, item: number): Promise<GraphSession> {
    this.stopIfCancelled()
    this.#run.emit({ type: 'stage', stage: 'load', label: `Reading weights: ${words[role]}`, item })
    return this.timed('load', () => this.#run.open(role))
  }

  emit(event: ImageEvent): void {
    this.#run.emit(event)
  }

  now(): number {
    return this.#run.now()
  }

  /** Runs a graph. @throws StudioError CANCELLED, and as the session does */
  async call(
    session: GraphSession,
    feeds: Record<string, Tensor>,
    fetches: readonly string[],
  ): Promise<Record<string, Tensor>> {
    this.stopIfCancelled()
    const started = this.#run.now()
    try {
      return await session.run(feeds, fetches)
    } finally {
      this.#graphMilliseconds += this.#run.now() - started
    }
  }

  /** Does work and adds its time to a stage. */
  async timed<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const started = this.#run.now()
    try {
      return await work()
    } finally {
      this.#timings[stage] = (this.#timings[stage] ?? 0) + this.#run.now() - started
    }
  }

  /** The times since the last call: what belongs to the picture that is now done. */
  takeTimes(): { timings: Partial<Record<Stage, number>>; graphMilliseconds: number } {
    const times = { timings: this.#timings, graphMilliseconds: this.#graphMilliseconds }
    this.#timings = {}
    this.#graphMilliseconds = 0
    return times
  }
}

/** @throws StudioError NOT_FINITE naming what gave NaN or infinity, where it did */
export function requireFinite(values: Float32Array, session: GraphSession, when: string): void {
  if (isFiniteArray(values)) return
  const role = session.role
  const isText = role.startsWith('text_encoder')
  throw new StudioError(
    'NOT_FINITE',
    `The ${words[role as ImageRole] ?? role} gave numbers that are not finite ${when}`,
    {
      remedy: isText
        ? 'Half precision overflows in this encoder: use a float32 or 8-bit version of it, or run on the CPU.'
        : 'Half precision overflows on this device: use a float32 version of the model, or choose the CPU under Settings, Device.',
      detail: `${session.path} on ${session.provider}`,
    },
  )
}
