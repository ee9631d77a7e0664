import type { ForwardResult, LogitsRow, TargetSession, TokenCache, Wants } from './language-model'

/** Rows in one forward. Graphs work out the logits of all their rows: 128 rows of 50,000 are 25 MB, a whole prompt might be 400. */
const chunkRows = 128

export interface PrefillOptions {
  readonly wants?: Wants
  /** Asked between forwards. */
  readonly isCancelled?: () => boolean
  /** Called with the answer to each chunk and the place of its first row in `ids`: drafters read a prompt's hidden states. */
  readonly onChunk?: (result: ForwardResult, start: number) => void | Promise<void>
}

/** Where chunks begin. A last chunk of one row is joined to the one before: one row alone takes another kernel. */
export function chunkStarts(rows: number): number[] {
  const starts: number[] = []
  for (let start = 0; start < rows; start += chunkRows) if (start === 0 || rows - start > 1) starts.push(start)
  return starts
}

/**
 * Reads a prompt in chunks.
 * @returns the view after its last token; null where it was cancelled
 */
export async function prefill(
  target: TargetSession,
  cache: TokenCache,
  ids: readonly number[],
  { wants = {}, isCancelled = () => false, onChunk }: PrefillOptions = {},
): Promise<LogitsRow | null> {
  const starts = chunkStarts(ids.length)
  let last: LogitsRow | null = null
  for (const [index, start] of starts.entries()) {
    if (isCancelled()) return null
    const end = starts[index + 1] ?? ids.length
    // All logits are wanted of the last row at most.
    const chunkWants = end === ids.length ? wants : { ...wants, logits: false }
    const result = await target.forward({ ids: ids.slice(start, end) }, cache, chunkWants)
    await onChunk?.(result, start)
    last = result.row(result.rows - 1)
  }
  return last
}
