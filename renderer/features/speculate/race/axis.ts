const steps = [1, 2, 2.5, 5, 10]

/** A round step that gives at most so many ticks. */
export function tickStep(span: number, most: number): number {
  const least = span / most
  const power = 10 ** Math.floor(Math.log10(least))
  return (steps.find((step) => step * power >= least) ?? 10) * power
}

export function ticksOf(span: number, most: number): number[] {
  if (span <= 0) return [0]
  const step = tickStep(span, most)
  return Array.from({ length: Math.floor(span / step + 1e-9) + 1 }, (_, index) => index * step)
}

const roomSteps = [1, 1.5, 2, 3, 4, 5, 6, 8, 10]

/** The axis of a race that still runs: it grows by leaps, so that bars stand still in between. */
export function roomFor(duration: number): number {
  if (duration <= 0) return 1000
  const power = 10 ** Math.floor(Math.log10(duration))
  return (roomSteps.find((step) => step * power >= duration * 1.02) ?? 10) * power
}

/** "2.48 s", "0.98 s": seconds with the decimals that a race needs. */
export function clockWords(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`
}
