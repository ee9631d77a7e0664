import type { DimensionSizes } from '../../../../contract/inspection-counts'

/** "N = 1, H = 320". */
export function sizeWords(sizes: DimensionSizes): string {
  const words = Object.entries(sizes).map(([name, size]) => `${name} = ${size}`)
  return words.length === 0 ? 'none given' : words.join(', ')
}

/** Whether two sets agree in every size that both have. */
export function sameSizes(one: DimensionSizes, other: DimensionSizes): boolean {
  return Object.entries(one).every(([name, size]) => (other[name] ?? size) === size)
}
