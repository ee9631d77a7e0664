import type { Calibration } from '../../contract/speculation'
import { verifyMilliseconds } from '../../contract/speculation-statistics'

/** Weight of the newest forward in the running factor. */
const weight = 0.1

/**
 * What the target's forward over m rows takes. The shape of the curve is measured before a race (calibrate.ts); a running factor
 * follows the context's growth and whatever else the machine does.
 */
export class VerifyCost {
  readonly #measured: readonly number[]
  #factor = 1

  /** @param verify measured points, at least one */
  constructor(verify: Calibration['verify'], mostRows = 64) {
    const curve: number[] = [0]
    // More rows never take less time: a dip is noise.
    for (let rows = 1; rows <= mostRows; rows += 1) {
      curve.push(Math.max(curve[rows - 1] ?? 0, verifyMilliseconds(verify, rows)))
    }
    this.#measured = curve
  }

  /** Milliseconds. */
  rows(rows: number): number {
    const known = this.#measured[Math.min(rows, this.#measured.length - 1)] ?? 0
    return known * this.#factor
  }

  observe(rows: number, milliseconds: number): void {
    const expected = this.#measured[Math.min(rows, this.#measured.length - 1)] ?? 0
    if (expected <= 0) return
    // One forward that was interrupted says little about the next.
    const factor = Math.min(3 * this.#factor, milliseconds / expected)
    this.#factor += weight * (factor - this.#factor)
  }
}
