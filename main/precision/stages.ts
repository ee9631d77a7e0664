// How far a comparison is. Each column is one unit of work, and so are the parts of a search for a mix.

export type Stage = 'convert' | 'compare' | 'measure'

export interface StageEvent {
  readonly type: 'stage'
  readonly stage: Stage
  readonly label: string
  /** 0 to 1 of the whole comparison. */
  readonly fraction: number
}

/** Looking at layers one by one, measuring mixes (two), and what is left of the one that was found. */
const unitsOfSearch = 4

export class Stages {
  readonly #columns: number
  readonly #units: number
  readonly #emit: (event: StageEvent) => void
  /** Units that are done, what the work in hand takes of one, and what its stages are called by besides. */
  #place: { readonly done: number; readonly share: number; readonly prefix: string } = { done: 0, share: 1, prefix: '' }

  constructor(columns: number, isSearching: boolean, emit: (event: StageEvent) => void) {
    this.#columns = columns
    this.#units = columns + (isSearching ? unitsOfSearch : 0)
    this.#emit = emit
  }

  /** A column begins, or with the number of columns the search for a mix. */
  column(index: number): void {
    this.#place = { done: index, share: 1, prefix: '' }
  }

  /** How many mixes will be measured is not known: each takes half of what is left for them. @param count measured before */
  mix(count: number, kept: number): void {
    const prefix = `Mix with ${kept} ${kept === 1 ? 'layer' : 'layers'} float32: `
    this.#place = { done: this.#columns + 1 + 2 * (1 - 0.5 ** count), share: 0.5 ** count, prefix }
  }

  /** The mix was found and measured. */
  found(): void {
    this.#place = { done: this.#columns + unitsOfSearch - 1, share: 1, prefix: '' }
  }

  /** @param ofUnit 0 to 1 of the work in hand */
  tell(stage: Stage, label: string, ofUnit: number): void {
    const { done, share, prefix } = this.#place
    const fraction = Math.min(1, (done + share * ofUnit) / this.#units)
    this.#emit({ type: 'stage', stage, label: `${prefix}${label}`, fraction })
  }
}
