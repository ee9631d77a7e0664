/**
 * The probability that counts of draws from a distribution fit it as badly as these or worse (Pearson's chi-square). Cells that
 * expect fewer than five are pooled.
 * @param counts how often each cell came up
 * @param expected each cell's probability; together 1
 */
export function fitProbability(counts: readonly number[], expected: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  let statistic = 0
  let cells = 0
  const pooled = { count: 0, expected: 0 }
  for (const [cell, probability] of expected.entries()) {
    const count = counts[cell] ?? 0
    // What cannot happen did.
    if (probability === 0 && count > 0) return 0
    const expectedCount = probability * total
    if (expectedCount < 5) {
      pooled.count += count
      pooled.expected += expectedCount
      continue
    }
    statistic += (count - expectedCount) ** 2 / expectedCount
    cells += 1
  }
  if (pooled.expected >= 5) {
    statistic += (pooled.count - pooled.expected) ** 2 / pooled.expected
    cells += 1
  }
  return upperGamma((cells - 1) / 2, statistic / 2)
}

/** Regularised upper incomplete gamma function Q(a, x): a series below a + 1, a continued fraction (Lentz) above. */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1
  const scale = Math.exp(-x + a * Math.log(x) - logGamma(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; n < 1000 && term > sum * 1e-15; n += 1) {
      term *= x / (a + n)
      sum += term
    }
    return 1 - scale * sum
  }
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let fraction = d
  for (let n = 1; n < 1000; n += 1) {
    const factor = -n * (n - a)
    b += 2
    d = 1 / (factor * d + b)
    c = b + factor / c
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return scale * fraction
}

/** Lanczos' approximation, g = 7. */
function logGamma(x: number): number {
  const coefficients = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ]
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  const sum = coefficients.reduce(
    (total, coefficient, index) => total + (index === 0 ? coefficient : coefficient / (shifted + index)),
  )
  const t = shifted + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum)
}
