import type { Progress } from '../../contract/jobs'

/** Milliseconds between two reports: a folder may go by at a hundred pictures a second. */
const shortestGap = 100
/** Seconds over which the pace is taken. */
const paceWindow = 20

/** Progress of a folder run: pictures done of all, and the time that is left at the pace of the last seconds. */
export class DetectionProgress {
  readonly #total: number
  readonly #now: () => number
  readonly #marks: { at: number; done: number }[] = []
  #done: number
  #reported = Number.NEGATIVE_INFINITY

  /** @param done pictures that need not be looked at any more */
  constructor(total: number, done: number, now: () => number = () => performance.now()) {
    this.#total = total
    this.#done = done
    this.#now = now
    this.#marks.push({ at: now(), done })
  }

  /** One more picture is done. @returns null where the last report was only just */
  next(name: string): Progress | null {
    this.#done += 1
    const at = this.#now()
    if (at - this.#reported < shortestGap && this.#done < this.#total) return null
    this.#reported = at
    this.#marks.push({ at, done: this.#done })
    while (this.#marks.length > 2 && at - this.#marks[1]!.at > 1000 * paceWindow) this.#marks.shift()
    return this.read(name)
  }

  read(label: string): Progress {
    const first = this.#marks[0]!
    const last = this.#marks.at(-1)!
    const pictures = last.done - first.done
    const seconds = pictures === 0 ? null : (last.at - first.at) / 1000 / pictures
    const left = seconds === null ? null : seconds * (this.#total - this.#done)
    const spread = pictures < 10 ? 0.5 : 0.15
    return {
      stage: 'detect',
      label,
      item: Math.min(this.#done, Math.max(0, this.#total - 1)),
      items: this.#total,
      step: this.#done,
      steps: this.#total,
      sigma: null,
      secondsPerStep: seconds,
      fraction: this.#total === 0 ? 0 : Math.min(1, this.#done / this.#total),
      eta: left === null ? null : { low: left * (1 - spread), high: left * (1 + spread) },
    }
  }
}
