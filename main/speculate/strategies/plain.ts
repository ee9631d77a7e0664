import type { Draft, DraftStrategy } from '../strategy'

/** One token a round: what the others are measured against. */
export class PlainStrategy implements DraftStrategy {
  readonly name = 'plain'
  readonly needsHidden = false
  readonly draws = false

  async reset(): Promise<void> {
    // Nothing to read.
  }

  async draft(): Promise<Draft> {
    return { tree: [], steps: 0 }
  }

  async observe(): Promise<void> {
    // Nothing to keep.
  }
}
