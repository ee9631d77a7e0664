import type { Provider } from '../../contract/devices'
import type { ColumnName, PrecisionOptions, Recipe } from '../../contract/precision'

type Facts = Omit<PrecisionOptions['columns'][number], 'reason' | 'column'>

/** What each column is called and is, in a few words. */
export const columnFacts: { readonly [Column in ColumnName]: Facts } = {
  fp32: { label: 'FP32', note: 'reference', arithmetic: 'native', format: 'fp32' },
  own: { label: 'As it is', note: "the model's own files", arithmetic: 'native', format: 'fp32' },
  fp16: { label: 'FP16', note: 'half the file', arithmetic: 'native', format: 'fp16' },
  'fp16-emulated': { label: 'FP16 emulated', note: 'every result rounded', arithmetic: 'emulated', format: 'fp16' },
  bf16: { label: 'BF16', note: 'every result rounded', arithmetic: 'emulated', format: 'bf16' },
  'fp8-e4m3': { label: 'FP8 E4M3', note: 'operands of layers rounded', arithmetic: 'emulated', format: 'fp8-e4m3fn' },
  'fp8-e5m2': { label: 'FP8 E5M2', note: 'operands of layers rounded', arithmetic: 'emulated', format: 'fp8-e5m2' },
  'int8-dynamic': { label: 'INT8 dynamic', note: 'activations as they come', arithmetic: 'native', format: 'int8' },
  'int8-static': { label: 'INT8 static', note: 'calibrated', arithmetic: 'native', format: 'int8' },
  'int8-weights': { label: 'INT8 weights', note: 'weights only, in blocks', arithmetic: 'native', format: 'int8' },
  int4: { label: 'INT4', note: 'weights only, in blocks', arithmetic: 'native', format: 'int4' },
}

/** The same as seen from a device: a CPU has no float16 to compute in. */
export function columnFactsOn(column: ColumnName, provider: Provider): Facts {
  const facts = columnFacts[column]
  if (column !== 'fp16' || provider !== 'cpu') return facts
  return { ...facts, note: 'stored as fp16, computed in fp32', arithmetic: 'emulated' }
}

/** A column's name with what tells it from another of its kind: "INT4, blocks of 128". */
export function recipeLabel({
  column,
  blockSize,
  symmetric,
  calibration,
  percentile,
  perChannel,
  keep,
}: Recipe): string {
  const parts: string[] = [columnFacts[column].label]
  const isBlocks = column === 'int4' || column === 'int8-weights'
  if (isBlocks && blockSize !== 32) parts.push(`blocks of ${blockSize}`)
  if (isBlocks && !symmetric) parts.push('zero points')
  if (column === 'int8-static' && calibration === 'percentile') parts.push(`${percentile} %`)
  if ((column === 'int8-static' || column === 'int8-dynamic') && !perChannel) parts.push('one scale')
  if (keep.length > 0) parts.push(`${keep.length} ${keep.length === 1 ? 'layer' : 'layers'} float32`)
  return parts.join(', ')
}
