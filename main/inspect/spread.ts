import type { Spread } from '../../contract/inspection-measures'

/** The value below which a share of all values lies, between two of them where it falls there. Ascending input. */
export function quantile(ascending: readonly number[], share: number): number {
  if (ascending.length === 0) return 0
  const place = (ascending.length - 1) * share
  const low = ascending[Math.floor(place)]!
  return low + (ascending[Math.ceil(place)]! - low) * (place - Math.floor(place))
}

export function spread(milliseconds: readonly number[]): Spread {
  const ascending = [...milliseconds].sort((a, b) => a - b)
  return { median: quantile(ascending, 0.5), p95: quantile(ascending, 0.95) }
}
