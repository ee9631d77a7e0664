import type { Stage } from '../../contract/images'
import type { Progress } from '../../contract/jobs'

/** Seconds that each stage took when the same model drew the same size before; absent stages are guessed. */
export interface StageSeconds {
  readonly load: number
  readonly encode: number
  /** Seconds of one step. */
  readonly step: number
  readonly decode: number
  readonly save: number
}

/** Used until something was measured: only the proportions matter, and no ETA is shown from a guess. */
const guess: StageSeconds = { load: 0.6, encode: 0.1, step: 0.1, decode: 0.2, save: 0.05 }

/** Turns the events of a run into one fraction that never falls and an ETA given as a range. */
export class ProgressMeter {
  readonly #expected: StageSeconds
  readonly #measuredBefore: boolean
  readonly #items: number
  readonly #steps: number
  #fraction = 0
  #stepSeconds: number[] = []
  #stage: Stage = 'load'
  #label = 'Starting'
  #item = 0
  #step = 0
  #sigma: number | null = null

  constructor(options: { items: number; steps: number; measured: StageSeconds | null }) {
    this.#items = options.items
    this.#steps = options.steps
    this.#expected = options.measured ?? guess
    this.#measuredBefore = options.measured !== null
  }

  stage(stage: Stage, label: string, item: number): void {
    if (item > this.#item) this.#step = 0
    this.#stage = stage
    this.#label = label
    this.#item = item
  }

  step(item: number, step: number, sigma: number, seconds: number): void {
    this.#stage = 'denoise'
    this.#label = 'Denoising'
    this.#item = item
    this.#step = step
    this.#sigma = sigma
    this.#stepSeconds.push(seconds)
  }

  /** Median of the latest steps: one slow step does not move the estimate. */
  #secondsPerStep(): number | null {
    const latest = this.#stepSeconds.slice(-15).sort((a, b) => a - b)
    return latest[Math.floor(latest.length / 2)] ?? null
  }

  read(): Progress {
    const { load, encode, decode, save } = this.#expected
    const measuredStep = this.#secondsPerStep()
    const step = measuredStep ?? this.#expected.step
    const perItem = this.#steps * step + decode + save
    const total = load + encode + this.#items * perItem

    const doneBefore =
      this.#stage === 'load' ? 0 : this.#stage === 'encode' ? load : load + encode + this.#item * perItem
    const doneOfItem = {
      load: 0,
      encode: 0,
      denoise: this.#step * step,
      decode: this.#steps * step,
      save: this.#steps * step + decode,
    }[this.#stage]
    const done = doneBefore + doneOfItem
    this.#fraction = Math.max(this.#fraction, Math.min(1, done / total))

    const left = Math.max(0, total - done)
    // Until a step of this run was timed, the estimate rests on an earlier run, if there was one.
    const known = measuredStep !== null || this.#measuredBefore
    const spread = this.#stepSeconds.length >= 3 ? 0.08 : 0.25
    return {
      stage: this.#stage,
      label: this.#label,
      item: this.#item,
      items: this.#items,
      step: this.#step,
      steps: this.#steps,
      sigma: this.#sigma,
      secondsPerStep: measuredStep,
      fraction: this.#fraction,
      eta: known ? { low: left * (1 - spread), high: left * (1 + spread) } : null,
    }
  }
}
