import { superscript } from '../../../ui/format'

/** A number with as many significant digits as asked for and no trailing zeros: 65504, 1.95×10^-3, −0, ∞, NaN. */
export function formatNumber(value: number, digits = 9): string {
  if (Number.isNaN(value)) return 'NaN'
  const sign = value < 0 || Object.is(value, -0) ? '−' : ''
  const magnitude = Math.abs(value)
  if (magnitude === Infinity) return `${sign}∞`
  if (magnitude === 0) return `${sign}0`
  if (magnitude >= 1e-4 && magnitude < 1e9) return sign + String(Number(magnitude.toPrecision(digits)))
  const [mantissa, exponent] = magnitude.toExponential(digits - 1).split('e')
  return `${sign}${mantissa!.replace(/\.?0+$/, '')}×10^${Number(exponent)}`
}

/** The same for eyes: exponents stand high. */
export function prettyNumber(value: number, digits = 9): string {
  return formatNumber(value, digits).replace(/\^(-?\d+)$/, (_, exponent: string) => superscript(Number(exponent)))
}
