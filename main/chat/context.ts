// Keys and values of what the model has read, as blocks. Rows are time-major, so cutting back, branching and guidance without the
// last words are all "pass fewer rows"; rows are copied when two contexts that share them part.

import { createHash } from 'node:crypto'
import { RowStore, type RowSizes } from './row-store'

export type BlockKind = 'text' | 'vit' | 'vae'

/** A stretch of rows that was read as one: a text, or a picture by one of the two encoders. */
export interface Block {
  readonly kind: BlockKind
  readonly rows: number
  /** Rows and next position before it. */
  readonly lengthBefore: number
  readonly ropeBefore: number
  readonly ropeAfter: number
  /** Hash of its content and of all blocks before it: equal chains have equal rows. */
  readonly chain: string
}

/** The first rows of a context: what a pass through the decoder sees. Valid until the context changes. */
export interface ContextView {
  readonly context: Context
  readonly length: number
  /** Position of the next token. */
  readonly rope: number
}

/** The chain hash of a block that follows another; `''` stands for the start. */
export function chainOf(before: string, kind: BlockKind, content: string): string {
  return createHash('sha256').update(`${before}\n${kind}\n${content}`).digest('hex')
}

export class Context {
  readonly #blocks: Block[] = []
  #store: RowStore
  #length = 0

  constructor(sizes: RowSizes) {
    this.#store = new RowStore(sizes)
  }

  /** Rows held, those after the last block included. */
  get length(): number {
    return this.#length
  }

  get blocks(): readonly Block[] {
    return this.#blocks
  }

  /** Rows of whole blocks. */
  get blockLength(): number {
    const last = this.#blocks.at(-1)
    return last === undefined ? 0 : last.lengthBefore + last.rows
  }

  /** Position of the token that follows the last block. */
  get rope(): number {
    return this.#blocks.at(-1)?.ropeAfter ?? 0
  }

  /** The rows' memory, which may be shared with other contexts. */
  get store(): RowStore {
    return this.#store
  }

  /** Everything, or the first `count` blocks. */
  view(count = this.#blocks.length): ContextView {
    const next = this.#blocks[count]
    if (next !== undefined) return { context: this, length: next.lengthBefore, rope: next.ropeBefore }
    if (count > this.#blocks.length) {
      throw new RangeError(`A context of ${this.#blocks.length} blocks has no first ${count}`)
    }
    return { context: this, length: this.blockLength, rope: this.rope }
  }

  /** Makes room for so many rows in all, so that appending them copies nothing. */
  reserve(rows: number): void {
    this.#ownRows()
    this.#store.reserve(rows)
  }

  /**
   * Copies in rows that belong to no block yet.
   * @param newRows of layer and kind, [rows, key-value heads, head size]
   */
  append(rows: number, newRows: (layer: number, kind: 'k' | 'v') => Float32Array): void {
    this.#ownRows()
    this.#store.write(this.#length, rows, newRows)
    this.#length += rows
  }

  /**
   * Makes a block of rows after the last one: of all of them, where it is not said of how many.
   * @param advance how far the next position moves on
   */
  close(kind: BlockKind, advance: number, content: string, rows = this.#length - this.blockLength): void {
    const lengthBefore = this.blockLength
    const ropeBefore = this.rope
    this.#blocks.push({
      kind,
      rows,
      lengthBefore,
      ropeBefore,
      ropeAfter: ropeBefore + advance,
      chain: chainOf(this.#blocks.at(-1)?.chain ?? '', kind, content),
    })
  }

  /** Forgets the rows that belong to no block. */
  dropOpenRows(): void {
    this.#length = this.blockLength
  }

  /** Keeps the first `count` blocks. */
  truncate(count: number): void {
    const { length } = this.view(count)
    this.#blocks.length = count
    this.#length = length
  }

  /** A context of the first `count` blocks that shares the rows of this one until either writes where the other holds rows. */
  fork(count = this.#blocks.length): Context {
    const copy = new Context(this.#store.sizes)
    copy.#length = this.view(count).length
    copy.#blocks.push(...this.#blocks.slice(0, count))
    copy.#store = this.#store.share()
    return copy
  }

  /** Gives the rows up; the context is empty then. */
  release(): void {
    const { sizes } = this.#store
    this.#store.leave()
    this.#store = new RowStore(sizes)
    this.#blocks.length = 0
    this.#length = 0
  }

  /** Sees that nobody else holds rows where this context is about to write. */
  #ownRows(): void {
    const own = this.#store.ownedFrom(this.#length)
    if (own !== this.#store) this.#store.leave()
    this.#store = own
  }
}
