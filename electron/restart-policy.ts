const windowMilliseconds = 60_000
const mostRestarts = 3
const firstDelay = 250

/** The crashes that still count. */
export function recentCrashes(crashes: readonly number[], now: number): number[] {
  return crashes.filter((time) => now - time < windowMilliseconds)
}

/**
 * How long to wait before something that crashed is started again, or null where it crashes too often for another try.
 * @param crashes when it crashed, this crash included, in milliseconds
 */
export function restartDelay(crashes: readonly number[], now: number): number | null {
  const recent = recentCrashes(crashes, now).length
  return recent > mostRestarts ? null : firstDelay * 4 ** (recent - 1)
}
