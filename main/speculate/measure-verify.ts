import type { Calibration } from '../../contract/speculation'
import type { TargetSession, TokenCache } from '../text/language-model'

/** What is measured before a race: enough for the curve's shape in a few hundred milliseconds. */
export const fewRows = [1, 2, 3, 4, 5, 6, 8, 16] as const
/** What a calibration measures. */
export const manyRows = [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32] as const

/**
 * The shortest time of the target's forward over m rows after those in the cache, which is left as it was. Shortest, because
 * whatever disturbs a forward makes it longer.
 * @param options.passes least number of times that each is measured
 * @param options.budget milliseconds in which further passes begin
 */
export async function measureVerify(
  target: TargetSession,
  cache: TokenCache,
  rowCounts: readonly number[],
  options: { readonly passes: number; readonly budget?: number; readonly mayGoOn?: () => boolean },
): Promise<Calibration['verify']> {
  const { passes, budget = 0, mayGoOn = () => true } = options
  const best = new Map<number, number>()
  const began = performance.now()
  for (let pass = 0; pass < passes || performance.now() - began < budget; pass += 1) {
    for (const rows of rowCounts) {
      if (!mayGoOn()) break
      const length = cache.length
      const ids = Array.from({ length: rows }, (_, row) => row)
      const started = performance.now()
      await target.forward({ ids }, cache)
      const milliseconds = performance.now() - started
      cache.truncate(length)
      best.set(rows, Math.min(best.get(rows) ?? Number.POSITIVE_INFINITY, milliseconds))
    }
    if (!mayGoOn()) break
  }
  return [...best].map(([rows, milliseconds]) => ({ rows, milliseconds }))
}
