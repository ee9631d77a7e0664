import type { TargetSession, TokenCache } from '../text/language-model'
import { prefill } from '../text/prefill'
import type { CommittedHidden } from './strategy'

/** A prompt as the target has read it. */
export interface ReadPrompt {
  readonly tokens: readonly number[]
  /** Holds all of the prompt but its last token, which the first round reads with its draft. */
  readonly cache: TokenCache
  /** Hidden states of the rows in the cache, where wanted. */
  readonly hidden: CommittedHidden | null
  readonly milliseconds: number
}

/** @returns null where it was cancelled */
export async function readPrompt(
  target: TargetSession,
  tokens: readonly number[],
  wantsHidden: boolean,
  isCancelled: () => boolean,
): Promise<ReadPrompt | null> {
  const started = performance.now()
  const cache = target.createCache()
  const parts: Float32Array[] = []
  await prefill(target, cache, tokens.slice(0, -1), {
    wants: { hidden: wantsHidden },
    isCancelled,
    onChunk: ({ hidden }) => void (hidden !== null && parts.push(hidden)),
  })
  if (isCancelled()) return null
  const values = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let place = 0
  for (const part of parts) {
    values.set(part, place)
    place += part.length
  }
  const hidden = parts.length === 0 ? null : { from: 0, rows: tokens.length - 1, values }
  return { tokens, cache, hidden, milliseconds: performance.now() - started }
}

/** The same prompt for another run: what the last run wrote is cut off. */
export function rewind({ cache, tokens }: ReadPrompt): void {
  cache.truncate(tokens.length - 1)
}
