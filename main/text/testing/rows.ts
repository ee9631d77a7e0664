import { forwardResultFromLogits } from '../forward-result'
import type { LogitsRow } from '../language-model'

/** A row as a forward returns it when all logits were asked for. */
export function rowOf(logits: readonly number[]): LogitsRow {
  return forwardResultFromLogits(Float32Array.from(logits), 1).row(0)
}
