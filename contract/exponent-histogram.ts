// Where a tensor's numbers lie on the exponent axis, and what a format would do to them under a scale.

import { exponentOf, overflows, roundToFloat } from './number-format-rounding'
import type { FloatFormat } from './number-formats'
import type { ExponentHistogram } from './precision-results'

/** Bins of one octave. Every limit of the 8-bit formats falls between two of them. */
export const binsPerOctave = 16

/** The lower edge of a bin. */
export function binStart(histogram: ExponentHistogram, bin: number): number {
  const octave = histogram.firstExponent + Math.floor(bin / binsPerOctave)
  return 2 ** octave * (1 + (bin % binsPerOctave) / binsPerOctave)
}

/** Counts a tensor's numbers by the size of their magnitude. The counts, zeros and what is not finite sum to its length. */
export function exponentHistogram(values: ArrayLike<number>): ExponentHistogram {
  const octaves = new Map<number, number[]>()
  let [zeros, infinite, notANumber] = [0, 0, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value === 0) zeros += 1
    else if (Number.isNaN(value)) notANumber += 1
    else if (!Number.isFinite(value)) infinite += 1
    else {
      const exponent = exponentOf(value)
      let bins = octaves.get(exponent)
      if (bins === undefined) octaves.set(exponent, (bins = new Array<number>(binsPerOctave).fill(0)))
      bins[Math.floor((Math.abs(value) / 2 ** exponent - 1) * binsPerOctave)]! += 1
    }
  }
  const exponents = [...octaves.keys()]
  const firstExponent = exponents.length === 0 ? 0 : Math.min(...exponents)
  const octaveCount = exponents.length === 0 ? 0 : Math.max(...exponents) - firstExponent + 1
  const counts = Array.from({ length: octaveCount }, (_, octave) => {
    return octaves.get(firstExponent + octave) ?? new Array<number>(binsPerOctave).fill(0)
  }).flat()
  return { firstExponent, counts, zeros, infinite, notANumber, total: values.length }
}

/** What becomes of a tensor's numbers in a format. They sum to `total` of the histogram. */
export interface WindowCounts {
  /** Kept with the format's full relative precision. */
  readonly normal: number
  /** Kept with fewer bits. */
  readonly subnormal: number
  /** Not 0 before, 0 after. */
  readonly vanished: number
  /** Beyond the largest number; infinities that the format has no code for are among them. */
  readonly overflow: number
  /** 0 before. */
  readonly zeros: number
  readonly notANumber: number
  /** Infinities that stay. */
  readonly infinite: number
}

/**
 * What a format does to a histogram's numbers after they are multiplied by `scale` (a loss scale, or a tensor's own). A bin goes
 * whole by its middle, so a scale that is a power of two is told exactly but for numbers in the one bin that a limit cuts.
 */
export function windowCounts(histogram: ExponentHistogram, format: FloatFormat, scale = 1): WindowCounts {
  const counts = { normal: 0, subnormal: 0, vanished: 0, overflow: 0 }
  histogram.counts.forEach((count, bin) => {
    if (count === 0) return
    const octave = 2 ** (histogram.firstExponent + Math.floor(bin / binsPerOctave))
    const middle = octave * (1 + ((bin % binsPerOctave) + 0.5) / binsPerOctave) * scale
    const rounded = roundToFloat(format, middle, 'saturate')
    if (overflows(format, middle)) counts.overflow += count
    else if (rounded === 0) counts.vanished += count
    else if (rounded < format.smallestNormal) counts.subnormal += count
    else counts.normal += count
  })
  const { zeros, notANumber, infinite } = histogram
  const lost = format.hasInfinity ? 0 : infinite
  return { ...counts, overflow: counts.overflow + lost, zeros, notANumber, infinite: infinite - lost }
}

/** One histogram of several tensors' numbers. */
export function mergeHistograms(histograms: readonly ExponentHistogram[]): ExponentHistogram {
  const filled = histograms.filter(({ counts }) => counts.length > 0)
  const firstExponent = filled.length === 0 ? 0 : Math.min(...filled.map((one) => one.firstExponent))
  const end = Math.max(
    0,
    ...filled.map((one) => (one.firstExponent - firstExponent) * binsPerOctave + one.counts.length),
  )
  const counts = new Array<number>(end).fill(0)
  for (const one of filled) {
    const offset = (one.firstExponent - firstExponent) * binsPerOctave
    one.counts.forEach((count, bin) => (counts[offset + bin]! += count))
  }
  const sum = (pick: (one: ExponentHistogram) => number): number => histograms.reduce((all, one) => all + pick(one), 0)
  return {
    firstExponent,
    counts,
    zeros: sum((one) => one.zeros),
    infinite: sum((one) => one.infinite),
    notANumber: sum((one) => one.notANumber),
    total: sum((one) => one.total),
  }
}
