import type { Calibration } from '../../contract/speculation'
import { verifyMilliseconds } from '../../contract/speculation-statistics'

/** Weight of the newest forward in the running corrections. */
const weight = 0.1
const slowWeight = 0.02

/**
 * What the target's forward over m rows takes: factor * (v(1) + tilt * (v(m) - v(1))), where v was measured before a race
 * (calibrate.ts). Factor and tilt follow the context's growth and whatever else the machine does.
 */
export class VerifyCost {
  readonly #measured: readonly number[]
  #factor = 1
  #tilt = 1

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
    return this.#factor * (this.#one() + this.#tilt * this.#added(rows))
  }

  observe(rows: number, milliseconds: number): void {
    // One forward that was interrupted says little about the next.
    const seen = Math.min(milliseconds, 3 * this.rows(rows))
    const added = this.#added(rows)
    this.#factor += (rows === 1 ? weight : slowWeight) * (seen / (this.#one() + this.#tilt * added) - this.#factor)
    if (added <= 0) return
    const tilt = Math.min(3, Math.max(0.3, (seen / this.#factor - this.#one()) / added))
    this.#tilt += weight * (tilt - this.#tilt)
  }

  #one(): number {
    return this.#measured[1]!
  }

  #added(rows: number): number {
    return this.#measured[Math.min(rows, this.#measured.length - 1)]! - this.#one()
  }
}
