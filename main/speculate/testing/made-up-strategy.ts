import type { Draft, DraftContext, DraftStrategy } from '../strategy'

/** A strategy of one function. */
export class MadeUpStrategy implements DraftStrategy {
  readonly name = 'draft'
  readonly needsHidden = false
  readonly draws: boolean
  readonly #make: (context: DraftContext) => Draft['tree']

  constructor(make: (context: DraftContext) => Draft['tree'], draws = false) {
    this.#make = make
    this.draws = draws
  }

  async reset(): Promise<void> {
    // Nothing to read.
  }

  async draft(context: DraftContext): Promise<Draft> {
    const tree = this.#make(context)
    return { tree, steps: 1 }
  }

  async observe(): Promise<void> {
    // Nothing to keep.
  }
}
