import type { Progress } from '../../contract/jobs'

/** A fraction that never falls, and the time left at the pace so far. */
export class ComparisonProgress {
  readonly #started = performance.now()
  #fraction = 0

  read(stage: Progress['stage'], label: string, fraction: number): Progress {
    this.#fraction = Math.max(this.#fraction, Math.min(1, fraction))
    const seconds = (performance.now() - this.#started) / 1000
    const left = this.#fraction > 0.05 ? (seconds / this.#fraction) * (1 - this.#fraction) : null
    return {
      stage,
      label,
      item: 0,
      items: 1,
      step: Math.round(100 * this.#fraction),
      steps: 100,
      sigma: null,
      secondsPerStep: null,
      fraction: this.#fraction,
      // Columns differ in what they take, so the range is wide.
      eta: left === null ? null : { low: 0.5 * left, high: 1.8 * left },
    }
  }
}
