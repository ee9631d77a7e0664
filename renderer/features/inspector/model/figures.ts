import { groupDigits } from '../../../ui/format'

// Figures of models in the units that papers use. One multiply-add is one MAC, where others count two FLOPs.

/** Said where a figure depends on a size that nobody has given. */
export const needsDims = 'needs dims'

const prefixes = [
  { at: 1e15, letter: 'P' },
  { at: 1e12, letter: 'T' },
  { at: 1e9, letter: 'G' },
  { at: 1e6, letter: 'M' },
  { at: 1e3, letter: 'K' },
] as const

/** Three figures that count: 1.11, 34.2, 252. */
export function threeFigures(value: number): string {
  const size = Math.abs(value)
  if (size >= 99.95) return String(Math.round(value))
  if (size >= 9.995) return value.toFixed(1)
  return value.toFixed(2)
}

/** "1.11 M", "74.7 K", "512": counts, with the letter that goes with them. */
export function shortCount(value: number): string {
  const prefix = prefixes.find(({ at }) => Math.abs(value) >= at * 0.9995)
  if (prefix === undefined || Math.abs(value) < 1000) return groupDigits(value)
  return `${threeFigures(value / prefix.at)} ${prefix.letter}`
}

/** "34.2 MMAC", "1.20 GMAC", "940 MAC". Small ones stay in MMAC down to a hundredth, so that columns compare. */
export function formatMacs(macs: number): string {
  if (macs >= 0.9995e12) return `${threeFigures(macs / 1e12)} TMAC`
  if (macs >= 0.9995e9) return `${threeFigures(macs / 1e9)} GMAC`
  if (macs >= 5e3) return `${threeFigures(macs / 1e6)} MMAC`
  return `${groupDigits(macs)} MAC`
}

/** Millions, as a column of them is headed. */
export function megaMacs(macs: number): string {
  if (macs === 0) return '0'
  const millions = macs / 1e6
  if (millions >= 9.995) return millions >= 9999.5 ? groupDigits(millions) : threeFigures(millions)
  return millions >= 0.01 ? millions.toFixed(2) : millions < 0.0001 ? '<0.0001' : millions.toFixed(4)
}

/** "2.9 ms", "43 µs", "1.24 s". */
export function formatTime(milliseconds: number): string {
  if (milliseconds >= 999.5) return `${threeFigures(milliseconds / 1000)} s`
  if (milliseconds >= 9.995) return `${threeFigures(milliseconds)} ms`
  if (milliseconds >= 0.0995) return `${milliseconds.toFixed(2)} ms`
  return `${Math.round(milliseconds * 1000)} µs`
}

/** "107 GMAC/s". */
export function formatRate(macsPerSecond: number): string {
  return `${threeFigures(macsPerSecond / 1e9)} GMAC/s`
}

/** "13 %", "0.4 %", "<0.1 %". */
export function formatShare(share: number): string {
  const percent = share * 100
  if (percent === 0) return '0 %'
  if (percent < 0.1) return '<0.1 %'
  return `${percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`
}

/** "1 × 3 × 320 × 320"; free sizes by their names, unknown ones as a question mark. */
export function formatShape(shape: readonly (number | string | null)[] | null): string {
  if (shape === null) return 'unknown shape'
  return shape.length === 0 ? 'scalar' : shape.map((size) => size ?? '?').join(' × ')
}

/** A value of a weight in four figures that count. */
export function formatValue(value: number | string): string {
  if (typeof value === 'string') return value
  if (value === 0) return '0'
  const size = Math.abs(value)
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)))
  return text.replace('-', '−').replace('e−', 'e-')
}
