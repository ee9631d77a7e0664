/** A logarithmic axis from a lower to an upper value, over a length that may run either way. */
export interface LogAxis {
  readonly of: (value: number) => number
  /** Powers of ten within it, in order. */
  readonly ticks: readonly number[]
  readonly low: number
  readonly high: number
}

export function logAxis(low: number, high: number, from: number, to: number): LogAxis {
  const [first, last] = [Math.log10(low), Math.log10(high)]
  const ticks: number[] = []
  for (let power = Math.ceil(first - 1e-9); power <= last + 1e-9; power += 1) ticks.push(10 ** power)
  const span = last - first || 1
  return { of: (value) => from + ((Math.log10(value) - first) / span) * (to - from), ticks, low, high }
}

/** The power of ten at or below the least value, and at or above the greatest: both ends of an axis over them. */
export function decadesAround(values: readonly number[]): { readonly low: number; readonly high: number } {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value))
  if (positive.length === 0) return { low: 1, high: 10 }
  const low = 10 ** Math.floor(Math.log10(Math.min(...positive)) + 1e-9)
  const high = 10 ** Math.ceil(Math.log10(Math.max(...positive)) - 1e-9)
  return { low, high: high > low ? high : low * 10 }
}
