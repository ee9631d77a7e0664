import { groupDigits } from '../../../ui/format'
import { threeFigures } from '../model/figures'

/** "0.75×", "1/1 800": how much of the first the second is; a dash where one is nothing and the other is not. */
export function ratioText(before: number, after: number): string {
  if (before === after) return '1×'
  if (before === 0 || after === 0) return '–'
  const ratio = after / before
  if (ratio >= 0.1) return `${threeFigures(ratio)}×`
  return `1/${groupDigits(Number((1 / ratio).toPrecision(3)))}`
}
