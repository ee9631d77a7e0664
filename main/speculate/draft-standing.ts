import type { DraftTree } from './draft-tree'

/** Weight of the newest round in running means. */
export const roundWeight = 0.06
/** Rounds without a draft before the first probe, and the most. */
const shortestPause = 3
const longestPause = 24
/** Stands for acceptance at depths that no round has reached. */
const depthPrior = 0.6
const depthPriorWeight = 4
const depthMemory = 0.98
/** Below this a few good probes could not bring drafting back. */
const lowestGain = -0.25

/** How one way of drafting has done: whether it pays at all, what a step costs, and how deep its drafts get. */
export class DraftStanding {
  /** Tokens gained by drafting over a plain round, running; it starts high so that a way gets its chance. */
  #gain = 0.2
  #pause = shortestPause
  #skipped = 0
  /**
   * Milliseconds of a draft's first step and of each further one, running; null before they were seen. The first reads what was committed
   * meanwhile, and finds the drafter's weights gone from the processor's caches: it takes twice as long.
   */
  #first: number | null = null
  #further: number | null = null
  /** By depth: examined and accepted. */
  readonly #depths: ({ examined: number; accepted: number } | undefined)[] = []

  /** Milliseconds of one step more. */
  get step(): number {
    return this.#further ?? this.#first ?? 0
  }

  /** Milliseconds of a draft. */
  steps(count: number): number {
    return count === 0 ? 0 : (this.#first ?? 0) + this.step * (count - 1)
  }

  /** Whether it is this way's turn: always while it pays, else now and then. */
  begin(): boolean {
    if (this.#gain > 0) return true
    this.#skipped += 1
    if (this.#skipped <= this.#pause) return false
    this.#skipped = 0
    return true
  }

  observeSteps(count: number, milliseconds: number): void {
    if (count === 0) return
    if (count === 1 || this.#first === null) this.#first = running(this.#first, milliseconds / count)
    else this.#further = running(this.#further, Math.max(0, milliseconds - this.#first) / (count - 1))
  }

  /** @param gain tokens beyond the first, less the plain rounds that the round's extra time would have been */
  observeGain(gain: number): void {
    this.#gain = Math.max(lowestGain, this.#gain + roundWeight * (gain - this.#gain))
    this.#pause = this.#gain > 0 ? shortestPause : Math.min(longestPause, 2 * this.#pause)
  }

  observeNodes(tree: DraftTree, examined: ReadonlyMap<number, number>): void {
    const byDepth = new Map<number, number>()
    for (const [number, acceptance] of examined) {
      const node = tree[number - 1]
      // At most one of the siblings is accepted: their probabilities add up to that of going one deeper.
      if (node !== undefined) byDepth.set(node.depth, (byDepth.get(node.depth) ?? 0) + acceptance)
    }
    for (const [depth, acceptance] of byDepth) {
      const tally = (this.#depths[depth] ??= { examined: 0, accepted: 0 })
      tally.examined += 1
      tally.accepted += Math.min(1, acceptance)
    }
  }

  /** Probability of going from depth - 1 to depth. Where a depth has little record, it is believed to be like the one before. */
  depth(depth: number): number {
    let estimate = depthPrior
    for (let at = 1; at <= depth; at += 1) {
      const tally = this.#depths[at] ?? { examined: 0, accepted: 0 }
      estimate = (tally.accepted + depthPriorWeight * estimate) / (tally.examined + depthPriorWeight)
    }
    return estimate
  }

  /** Old records fade, also of what is no longer tried, so that it is tried again. */
  fade(): void {
    for (const tally of this.#depths) {
      if (tally === undefined) continue
      tally.examined *= depthMemory
      tally.accepted *= depthMemory
    }
  }
}

/** One step that was interrupted says little about the next. */
function running(mean: number | null, newest: number): number {
  return mean === null ? newest : mean + roundWeight * (Math.min(newest, 3 * mean) - mean)
}
