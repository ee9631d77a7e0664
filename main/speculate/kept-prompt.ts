// What a target has read of a conversation stays for its next turn: only what is new is read again.

import type { TargetSession, TokenCache } from '../text/language-model'
import { prefill } from '../text/prefill'
import type { ReadPrompt } from './read-prompt'

export interface KeptRead extends ReadPrompt {
  /** Rows that were there already. */
  readonly reusedRows: number
}

interface Kept {
  readonly key: string
  readonly cache: TokenCache
  /** Tokens of the rows in the cache, in order. */
  tokens: readonly number[]
  /** Hidden states of the first rows, one array a row; fewer than there are tokens where answers were written after them. */
  hidden: Float32Array[]
}

export interface ReadOptions {
  /** Names model, precision, device and way of running: caches of one are no use to another. */
  readonly key: string
  readonly wantsHidden: boolean
  readonly isCancelled: () => boolean
  /** Rows read so far of those that must be read. */
  readonly onRows?: (done: number, total: number) => void
}

/** One conversation's rows, the last that was talked in. */
export class KeptPrompt {
  #kept: Kept | null = null

  /**
   * Reads a prompt but for its last token, over what is left of the one before where they begin alike.
   * @returns null where it was cancelled; what was read until then is kept
   */
  async read(target: TargetSession, tokens: readonly number[], options: ReadOptions): Promise<KeptRead | null> {
    const started = performance.now()
    const { key, wantsHidden, isCancelled, onRows } = options
    const kept: Kept =
      this.#kept?.key === key ? this.#kept : { key, cache: target.createCache(), tokens: [], hidden: [] }
    // Until the cache is whole again nobody else may find it.
    this.#kept = null
    const known = Math.min(commonLength(kept.tokens, tokens), tokens.length - 1)
    const reusedRows = wantsHidden ? Math.min(known, kept.hidden.length) : known
    cut(kept, reusedRows)
    const rest = tokens.slice(reusedRows, -1)
    let read = 0
    await prefill(target, kept.cache, rest, {
      wants: { hidden: wantsHidden },
      isCancelled,
      onChunk: ({ hidden, rows }) => {
        read += rows
        if (hidden !== null) kept.hidden.push(...rowsOf(hidden, rows))
        onRows?.(read, rest.length)
      },
    })
    kept.tokens = tokens.slice(0, reusedRows + read)
    this.#kept = kept
    if (isCancelled()) return null
    const hidden = wantsHidden ? { from: 0, rows: tokens.length - 1, values: joined(kept.hidden) } : null
    return { tokens, cache: kept.cache, hidden, milliseconds: performance.now() - started, reusedRows }
  }

  /** Tells which tokens the cache holds now that an answer was written after the prompt. */
  wrote(tokens: readonly number[]): void {
    if (this.#kept !== null) this.#kept.tokens = tokens.slice(0, this.#kept.cache.length)
  }

  /** Forgets the rows, and with them their memory. */
  clear(): void {
    this.#kept = null
  }
}

function cut(kept: Kept, rows: number): void {
  kept.cache.truncate(rows)
  kept.hidden.length = Math.min(kept.hidden.length, rows)
}

function commonLength(one: readonly number[], other: readonly number[]): number {
  const most = Math.min(one.length, other.length)
  let length = 0
  while (length < most && one[length] === other[length]) length += 1
  return length
}

function rowsOf(hidden: Float32Array, rows: number): Float32Array[] {
  const width = hidden.length / rows
  return Array.from({ length: rows }, (_, row) => hidden.slice(row * width, (row + 1) * width))
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]?.length ?? 0
  const values = new Float32Array(rows.length * width)
  rows.forEach((row, place) => values.set(row, place * width))
  return values
}
