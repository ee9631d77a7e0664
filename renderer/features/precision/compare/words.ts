import type { ColumnName, Recipe } from '../../../../contract/precision'
import type { ColumnResult, Decibels } from '../../../../contract/precision-results'
import type { FormatName } from '../../../../contract/number-formats'

/** Precisions by the names that people know them by. */
export const columnWords: Readonly<Record<ColumnName, string>> = {
  fp32: 'fp32',
  own: 'as shipped',
  fp16: 'fp16',
  'fp16-emulated': 'fp16 emulated',
  bf16: 'bf16',
  'fp8-e4m3': 'fp8 E4M3',
  'fp8-e5m2': 'fp8 E5M2',
  'int8-dynamic': 'int8 dynamic',
  'int8-static': 'int8 static',
  'int8-weights': 'int8 weights',
  int4: 'int4',
}

/** What a column is called: a mix apart from the precision that most of its layers have. */
export function columnName({ column, keep }: Recipe): string {
  return keep.length > 0 ? `${columnWords[column]} mix` : columnWords[column]
}

/** The floating-point format whose window a column's numbers must fit, where it has one. */
export const windowOf: Readonly<Partial<Record<ColumnName, FormatName>>> = {
  fp32: 'fp32',
  fp16: 'fp16',
  'fp16-emulated': 'fp16',
  bf16: 'bf16',
  'fp8-e4m3': 'fp8-e4m3fn',
  'fp8-e5m2': 'fp8-e5m2',
}

/** What of a recipe differs from the usual: "blocks of 128", "6 layers kept". */
export function recipeDetail({ column, blockSize, symmetric, calibration, perChannel, keep }: Recipe): string {
  const isBlocks = column === 'int4' || column === 'int8-weights'
  const parts = [
    isBlocks && blockSize !== 32 ? `blocks of ${blockSize}` : '',
    isBlocks && !symmetric ? 'zero points' : '',
    column === 'int8-static' && calibration === 'percentile' ? 'percentile' : '',
    column.startsWith('int8-') && !isBlocks && !perChannel ? 'one scale a weight' : '',
    keep.length > 0 ? `${keep.length} ${keep.length === 1 ? 'layer' : 'layers'} kept` : '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** "51.8 dB"; ∞ where there is no error at all, a dash where it cannot be told. */
export function decibelWords(value: Decibels): string {
  if (value === null) return '–'
  return value === 'infinity' ? '∞' : `${value.toFixed(1)} dB`
}

/** For sorting and drawing: no error is above every error. */
export function decibelNumber(value: Decibels): number | null {
  return value === 'infinity' ? Infinity : value
}

/** The one error that people look at first for what a column made. */
export function headline({ errors, output }: ColumnResult): string {
  if (output?.kind === 'picture') return decibelWords(errors.psnr)
  if (errors.agreement !== null) return `${(100 * errors.agreement).toFixed(errors.agreement === 1 ? 0 : 1)}% agree`
  return decibelWords(errors.sqnr)
}
