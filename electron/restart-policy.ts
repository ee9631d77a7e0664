const windowMilliseconds = 60_000
const mostRestarts = 3
const firstDelay = 250

/**
 * How long to wait before something that crashed is started again, or null where it crashes too often for another try.
 * @param crashes when it crashed, this crash included, in milliseconds
 */
export function restartDelay(crashes: readonly number[], now: number): number | null {
  const recent = crashes.filter((time) => now - time < windowMilliseconds).length
  return recent > mostRestarts ? null : firstDelay * 4 ** (recent - 1)
}
