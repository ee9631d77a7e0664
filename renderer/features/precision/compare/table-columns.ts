import type { ColumnResult } from '../../../../contract/precision-results'
import { formatBytes, formatMilliseconds } from '../../../ui/format'
import { decibelNumber, decibelWords } from './words'

/** One figure of the table of precisions. */
export interface TableColumn {
  readonly key: string
  readonly title: string
  /** Said by the pointer over the heading. */
  readonly meaning: string
  /** Null where it was not measured or does not apply. */
  readonly value: (result: ColumnResult) => number | null
  readonly words: (result: ColumnResult) => string
  readonly better: 'less' | 'more'
  /** Whether the reference takes part in who is best: it has no error to compare. */
  readonly isError: boolean
  /** Whether a bar stands beside the figure. */
  readonly hasBar?: boolean
}

const fixed = (value: number | null, digits: number) => (value === null ? '–' : value.toFixed(digits))
const short = (value: number | null) =>
  value === null ? '–' : value === 0 ? '0' : Number(value.toPrecision(3)).toString()

const costs: readonly TableColumn[] = [
  {
    key: 'disk',
    title: 'On disk',
    meaning: 'Bytes of all of the model’s graphs in this precision',
    value: ({ bytes }) => bytes,
    words: ({ bytes }) => formatBytes(bytes),
    better: 'less',
    isError: false,
    hasBar: true,
  },
  {
    key: 'load',
    title: 'Load',
    meaning: 'Reading and preparing the graphs',
    value: ({ loadMilliseconds }) => loadMilliseconds,
    words: ({ loadMilliseconds }) => formatMilliseconds(loadMilliseconds),
    better: 'less',
    isError: false,
  },
  {
    key: 'run',
    title: 'Median',
    meaning: 'Median of one step, token, picture or run',
    value: ({ run }) => run.median,
    words: ({ run }) => milliseconds(run.median),
    better: 'less',
    isError: false,
    hasBar: true,
  },
  {
    key: 'p95',
    title: 'p95',
    meaning: '95 of 100 were at most this long',
    value: ({ run }) => run.p95,
    words: ({ run }) => milliseconds(run.p95),
    better: 'less',
    isError: false,
  },
  {
    key: 'memory',
    title: 'Peak memory',
    meaning: 'Most memory of the process while this precision ran',
    value: ({ peakMemory }) => peakMemory.bytes,
    words: ({ peakMemory }) => formatBytes(peakMemory.bytes),
    better: 'less',
    isError: false,
    hasBar: true,
  },
]

const errors: readonly TableColumn[] = [
  {
    key: 'psnr',
    title: 'PSNR',
    meaning: 'Peak signal to noise ratio of the pixels',
    value: (result) => decibelNumber(result.errors.psnr),
    words: (result) => decibelWords(result.errors.psnr),
    better: 'more',
    isError: true,
  },
  {
    key: 'ssim',
    title: 'SSIM',
    meaning: 'Structural similarity; 1 is equal',
    value: (result) => result.errors.ssim,
    words: (result) => fixed(result.errors.ssim, 4),
    better: 'more',
    isError: true,
  },
  {
    key: 'sqnr',
    title: 'SQNR',
    meaning: 'Signal to quantisation noise ratio',
    value: (result) => decibelNumber(result.errors.sqnr),
    words: (result) => decibelWords(result.errors.sqnr),
    better: 'more',
    isError: true,
  },
  {
    key: 'largest',
    title: 'Max abs',
    meaning: 'Largest difference of one number',
    value: (result) => result.errors.maxAbsolute,
    words: (result) => short(result.errors.maxAbsolute),
    better: 'less',
    isError: true,
  },
  {
    key: 'cosine',
    title: 'Cosine',
    meaning: 'Cosine of the angle between the two; 1 is the same direction',
    value: (result) => result.errors.cosine,
    words: (result) => fixed(result.errors.cosine, 5),
    better: 'more',
    isError: true,
  },
  {
    key: 'divergence',
    title: 'KL',
    meaning: 'Mean divergence from the reference’s distribution, in nats a token',
    value: (result) => result.errors.divergence,
    words: (result) => short(result.errors.divergence),
    better: 'less',
    isError: true,
  },
  {
    key: 'agreement',
    title: 'Agreement',
    meaning: 'Share of tokens, of row maxima, or of boxes that both have among all that either has',
    value: (result) => result.errors.agreement,
    words: (result) => (result.errors.agreement === null ? '–' : `${(100 * result.errors.agreement).toFixed(1)}%`),
    better: 'more',
    isError: true,
  },
  {
    key: 'map',
    title: 'mAP',
    meaning: 'Mean average precision against the labels (COCO), over classes that the detector knows',
    value: (result) => result.errors.meanAveragePrecision,
    words: (result) => fixed(result.errors.meanAveragePrecision, 3),
    better: 'more',
    isError: true,
  },
  {
    key: 'fp32-ap',
    title: 'AP of fp32',
    meaning: 'Mean average precision against the boxes of fp32, in place of labels',
    value: (result) => result.errors.referencePrecision,
    words: (result) => fixed(result.errors.referencePrecision, 3),
    better: 'more',
    isError: true,
  },
]

function milliseconds(value: number): string {
  if (value < 1) return `${value.toFixed(2)} ms`
  return value < 100 ? `${value.toFixed(1)} ms` : formatMilliseconds(value)
}

/** The figures that were measured of these columns: what says nothing of any of them is left out. */
export function tableColumns(results: readonly ColumnResult[]): readonly TableColumn[] {
  const unit = results[0]?.run.unit
  return [...costs, ...errors]
    .filter((column) => results.some((result) => column.value(result) !== null))
    .map((column) => (column.key === 'run' && unit !== undefined ? { ...column, title: `A ${unit}` } : column))
}

/** Which results are best in a figure; none where fewer than two can be told apart. */
export function bestOf(column: TableColumn, results: readonly ColumnResult[]): ReadonlySet<ColumnResult> {
  const others = results.filter((result, index) => result.failure === null && !(column.isError && index === 0))
  const values = others.flatMap((result) => column.value(result) ?? [])
  if (values.length < 2 || values.every((value) => value === values[0])) return new Set()
  const best = column.better === 'less' ? Math.min(...values) : Math.max(...values)
  return new Set(others.filter((result) => column.value(result) === best))
}

/** The table as a CSV file, in the units of the contract: bytes, milliseconds, dB. */
export function comparisonCsv(results: readonly ColumnResult[]): string {
  const columns = tableColumns(results)
  const rows = results.map((result) => [
    result.label,
    result.truth.arithmetic,
    ...columns.map((column) => String(column.value(result) ?? '')),
  ])
  return [['precision', 'arithmetic', ...columns.map(({ key }) => key)], ...rows]
    .map((row) => row.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','))
    .join('\n')
}
