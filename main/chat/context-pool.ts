// What models have read, kept from one turn to the next. A turn says which blocks it needs; those that are here already are not
// read again, whichever turn, branch or conversation they come from.

import { Context } from './context'
import type { RowSizes } from './row-store'

interface Kept {
  /** Rows of one model, precision and device are of no use to another. */
  readonly model: string
  readonly context: Context
}

/** How many of the first blocks are those wanted. */
function commonBlocks(context: Context, chain: readonly string[]): number {
  const { blocks } = context
  let count = 0
  while (count < chain.length && blocks[count]?.chain === chain[count]) count += 1
  return count
}

export class ContextPool {
  readonly #budget: number
  /** Longest unused first. */
  #kept: Kept[] = []

  /** @param budget bytes above which contexts are given up, the longest unused first; the transcript brings them back */
  constructor(budget: number) {
    this.#budget = budget
  }

  /** Bytes of all rows that are kept, shared ones counted once. */
  get bytes(): number {
    const stores = new Set(this.#kept.map(({ context }) => context.store))
    return [...stores].reduce((sum, store) => sum + store.bytes, 0)
  }

  /** How many of the blocks are here, without taking them. */
  find(model: string, chain: readonly string[]): number {
    return Math.max(0, ...this.#of(model).map(({ context }) => commonBlocks(context, chain)))
  }

  /**
   * Takes out the context that begins with the most of the wanted blocks, cut to those; an empty one where none does. Where the kept
   * one goes on differently it stays, and the two share their rows until one is written to; where there is no room for that, it is cut.
   * @param chain hashes of the wanted blocks, in order
   * @param bytes that the context will take
   */
  take(model: string, chain: readonly string[], sizes: RowSizes, bytes: number): Context {
    const best = this.#of(model)
      .map((kept) => ({ kept, count: commonBlocks(kept.context, chain) }))
      .reduce<{ kept: Kept; count: number } | null>(
        (found, next) => (next.count > (found?.count ?? 0) ? next : found),
        null,
      )
    if (best === null) {
      this.#makeRoom(bytes)
      return new Context(sizes)
    }
    const { kept, count } = best
    const isWhole = count === kept.context.blocks.length
    if (!isWhole && this.bytes + bytes <= this.#budget) return kept.context.fork(count)
    this.#kept = this.#kept.filter((other) => other !== kept)
    kept.context.truncate(count)
    this.#makeRoom(bytes)
    return kept.context
  }

  /** Keeps a context for later turns: its whole blocks. */
  put(model: string, context: Context): void {
    context.dropOpenRows()
    if (context.blocks.length === 0) {
      context.release()
      return
    }
    this.#kept.push({ model, context })
    this.#makeRoom(0)
  }

  #of(model: string): Kept[] {
    return this.#kept.filter((kept) => kept.model === model)
  }

  #makeRoom(bytes: number): void {
    while (this.#kept.length > 0 && this.bytes + bytes > this.#budget) this.#drop(this.#kept[0]!)
  }

  #drop(kept: Kept): void {
    kept.context.release()
    this.#kept = this.#kept.filter((other) => other !== kept)
  }
}
