// How far one tensor is from another. Pure arithmetic on arrays, in float64, for the core and for the panel.

import type { Decibels } from './precision-results'

/** Elements above which the spread of relative errors is taken from an even sample. */
const mostSorted = 1_000_000

export interface TensorErrors {
  readonly maxAbsolute: number | null
  readonly relative: { readonly median: number; readonly p99: number; readonly largest: number } | null
  readonly sqnr: Decibels
  readonly cosine: number | null
  /** Elements of the test that are NaN or infinite. */
  readonly notFinite: number
}

/** 10 log10(signal / noise). Infinity where there is no noise; null where either is not a number, or there is noise alone. */
export function decibels(signal: number, noise: number): Decibels {
  if (!Number.isFinite(signal) || !Number.isFinite(noise)) return null
  if (noise === 0) return 'infinity'
  return signal === 0 ? null : 10 * Math.log10(signal / noise)
}

/** Energies of a reference and of what a test differs from it by. */
export function energies(reference: ArrayLike<number>, test: ArrayLike<number>): { signal: number; noise: number } {
  let signal = 0
  let noise = 0
  for (let i = 0; i < reference.length; i++) {
    const value = reference[i]!
    // Equal infinities differ by nothing, though their difference is NaN.
    const difference = value === test[i]! ? 0 : test[i]! - value
    signal += value * value
    noise += difference * difference
  }
  return { signal, noise }
}

/** Signal to quantisation noise ratio in dB: 10 log10(sum reference^2 / sum (test - reference)^2). */
export function signalToNoise(reference: ArrayLike<number>, test: ArrayLike<number>): Decibels {
  checkLengths(reference, test)
  const { signal, noise } = energies(reference, test)
  return decibels(signal, noise)
}

/** Root of the noise's energy over the signal's: 10^(-sqnr / 20). Null where it cannot be told. */
export function relativeError(sqnr: Decibels): number | null {
  if (sqnr === null) return null
  return sqnr === 'infinity' ? 0 : 10 ** (-sqnr / 20)
}

/** Cosine of the angle between two vectors; null where one is all zeros or not finite. */
export function cosine(reference: ArrayLike<number>, test: ArrayLike<number>): number | null {
  checkLengths(reference, test)
  let product = 0
  let one = 0
  let other = 0
  for (let i = 0; i < reference.length; i++) {
    product += reference[i]! * test[i]!
    one += reference[i]! ** 2
    other += test[i]! ** 2
  }
  const value = product / Math.sqrt(one * other)
  return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : null
}

/** All errors of one tensor. Empty tensors are equal: no difference, no angle. @throws RangeError where the lengths differ */
export function compareTensors(reference: ArrayLike<number>, test: ArrayLike<number>): TensorErrors {
  checkLengths(reference, test)
  let largest = 0
  let largestReference = 0
  let notFinite = 0
  for (let i = 0; i < reference.length; i++) {
    const [value, other] = [reference[i]!, test[i]!]
    if (!Number.isFinite(other)) notFinite += 1
    const difference = value === other ? 0 : Math.abs(other - value)
    // NaN must win over every number.
    if (!(difference <= largest)) largest = difference
    if (Math.abs(value) > largestReference) largestReference = Math.abs(value)
  }
  return {
    maxAbsolute: Number.isFinite(largest) ? largest : null,
    relative: relativeSpread(reference, test, largestReference),
    sqnr: signalToNoise(reference, test),
    cosine: cosine(reference, test),
    notFinite,
  }
}

/** |difference| / (|reference| + 10^-6 max |reference|): median, 99th percentile, largest. */
function relativeSpread(
  reference: ArrayLike<number>,
  test: ArrayLike<number>,
  largestReference: number,
): TensorErrors['relative'] {
  if (reference.length === 0 || !(largestReference > 0) || !Number.isFinite(largestReference)) return null
  const step = Math.ceil(reference.length / mostSorted)
  const values = new Float64Array(Math.ceil(reference.length / step))
  const floor = 1e-6 * largestReference
  for (let i = 0; i < values.length; i++) {
    const [value, other] = [reference[i * step]!, test[i * step]!]
    values[i] = (value === other ? 0 : Math.abs(other - value)) / (Math.abs(value) + floor)
  }
  values.sort()
  const largest = values[values.length - 1]!
  if (!Number.isFinite(largest)) return null
  return { median: quantile(values, 0.5), p99: quantile(values, 0.99), largest }
}

/** The value below which a share of ascending numbers lies, between neighbours in proportion (numpy's default). */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const place = share * (ascending.length - 1)
  const low = Math.floor(place)
  const [value, next] = [ascending[low]!, ascending[Math.min(ascending.length - 1, low + 1)]!]
  return value + (next - value) * (place - low)
}

/** Peak signal to noise ratio in dB of numbers on 0 to `peak`. */
export function peakSignalToNoise(reference: ArrayLike<number>, test: ArrayLike<number>, peak = 1): Decibels {
  checkLengths(reference, test)
  if (reference.length === 0) return null
  return decibels(peak * peak, energies(reference, test).noise / reference.length)
}

/** Natural logarithm of the sum of exponentials, safe for large logits. -infinity for an empty row. */
export function logSumExp(logits: ArrayLike<number>): number {
  let largest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < logits.length; i++) if (logits[i]! > largest) largest = logits[i]!
  if (!Number.isFinite(largest)) return largest
  let sum = 0
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - largest)
  return largest + Math.log(sum)
}

/** Kullback-Leibler divergence KL(reference || test) of two rows of logits, in nats; null where a logit of either is not finite. */
export function divergenceOfLogits(reference: ArrayLike<number>, test: ArrayLike<number>): number | null {
  checkLengths(reference, test)
  const [one, other] = [logSumExp(reference), logSumExp(test)]
  let divergence = 0
  for (let i = 0; i < reference.length; i++) {
    const logProbability = reference[i]! - one
    divergence += Math.exp(logProbability) * (logProbability - (test[i]! - other))
  }
  // Rounding may leave a divergence of two equal rows a hair below 0, which it cannot be.
  return Number.isFinite(divergence) ? Math.max(0, divergence) : null
}

/** Place of the largest number, the first of equals; -1 where there is none. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let best = -1
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i]!) && (best === -1 || values[i]! > values[best]!)) best = i
  }
  return best
}

function checkLengths(reference: ArrayLike<number>, test: ArrayLike<number>): void {
  if (reference.length !== test.length) {
    throw new RangeError(`Tensors of ${reference.length} and ${test.length} elements cannot be compared`)
  }
}
