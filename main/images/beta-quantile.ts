// Quantiles of the beta distribution, for the beta noise schedule. Source of the method: Press et al., Numerical Recipes,
// section 6.4 (continued fraction by Lentz) and section 9.4 (Newton steps kept inside a shrinking bracket).

const ITERATIONS = 200
const PRECISION = 1e-15
const TINY = 1e-300

/**
 * The x in [0, 1] below which a beta(a, b) variable falls with the given probability.
 * Exact to about 1e-13 for parameters of ordinary size.
 */
export function betaQuantile(probability: number, a: number, b: number): number {
  if (probability <= 0) return 0
  if (probability >= 1) return 1
  const logBeta = logGamma(a) + logGamma(b) - logGamma(a + b)
  let low = 0
  let high = 1
  let x = a / (a + b)
  for (let i = 0; i < ITERATIONS; i++) {
    const error = betaCdf(x, a, b, logBeta) - probability
    if (error > 0) high = x
    else low = x
    const density = Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - logBeta)
    const newton = x - error / density
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - x) <= PRECISION * x) return next
    x = next
  }
  return x
}

/** The regularised incomplete beta function. */
function betaCdf(x: number, a: number, b: number, logBeta: number): number {
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta)
  // The fraction converges fast on the left of the mean only; the right side is its mirror image.
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, a, b)) / a
  return 1 - (front * betaFraction(1 - x, b, a)) / b
}

function betaFraction(x: number, a: number, b: number): number {
  const nonZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value)
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1))
  let result = d
  for (let m = 1; m <= ITERATIONS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonZero(1 + even * d)
    c = nonZero(1 + even / c)
    result *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonZero(1 + odd * d)
    c = nonZero(1 + odd / c)
    const change = d * c
    result *= change
    if (Math.abs(change - 1) < PRECISION) break
  }
  return result
}

// Lanczos coefficients for g = 7, n = 9.
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

function logGamma(value: number): number {
  if (value < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * value)) - logGamma(1 - value)
  const x = value - 1
  const t = x + 7.5
  const sum = lanczos.reduce((total, coefficient, i) => total + (i === 0 ? coefficient : coefficient / (x + i)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum)
}
