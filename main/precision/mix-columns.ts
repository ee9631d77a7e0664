import type { Recipe } from '../../contract/precision'
import type { Measured } from './column-result'
import type { VariantStore } from './variant-store'

/** The mixes that a search measures: of those that are not enough, nothing stays on the disk. */
export class MixColumns {
  readonly #store: VariantStore
  readonly #mainRole: string
  #last: { readonly recipe: Recipe; readonly measured: Measured } | null = null
  count = 0

  constructor(store: VariantStore, mainRole: string) {
    this.#store = store
    this.#mainRole = mainRole
  }

  add(recipe: Recipe, measured: Measured): void {
    const { recipe: before, measured: spent } = this.#last ?? {}
    if (before !== undefined && before.keep.length > 0) this.#store.discard(spent!.column.paths[this.#mainRole]!)
    this.#last = { recipe, measured }
    this.count += 1
  }

  measuredOf(recipe: Recipe): Measured | null {
    const last = this.#last
    return last !== null && JSON.stringify(last.recipe) === JSON.stringify(recipe) ? last.measured : null
  }
}
