import type pc from 'picocolors'
import type {
  ColumnResult,
  ComparedBoxes,
  Comparison,
  Decibels,
  SearchResult,
} from '../../../contract/precision-results'
import { table } from './race-output'

type Colours = ReturnType<typeof pc.createColors>

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** A ratio in dB as people read it. */
export function decibelText(value: Decibels): string {
  return value === null ? '–' : value === 'infinity' ? '∞' : `${value.toFixed(1)} dB`
}

function number(value: number | null, digits: number): string {
  return value === null ? '–' : value.toPrecision(digits)
}

/** A quantity that some kinds of subject have: its heading, and its text in a column's row. */
interface Measure {
  readonly heading: string
  readonly has: (column: ColumnResult) => boolean
  readonly text: (column: ColumnResult) => string
}

const measures: readonly Measure[] = [
  { heading: 'PSNR', has: ({ errors }) => errors.psnr !== null, text: ({ errors }) => decibelText(errors.psnr) },
  { heading: 'SSIM', has: ({ errors }) => errors.ssim !== null, text: ({ errors }) => errors.ssim?.toFixed(4) ?? '–' },
  {
    heading: 'KL/token',
    has: ({ errors }) => errors.divergence !== null,
    text: ({ errors }) => number(errors.divergence, 3),
  },
  {
    heading: 'agree',
    has: ({ errors }) => errors.agreement !== null,
    text: ({ errors }) => (errors.agreement === null ? '–' : `${(100 * errors.agreement).toFixed(1)} %`),
  },
  {
    heading: 'mAP',
    has: ({ errors }) => errors.meanAveragePrecision !== null,
    text: ({ errors }) => errors.meanAveragePrecision?.toFixed(3) ?? '–',
  },
  {
    heading: 'AP of fp32 boxes',
    has: ({ errors }) => errors.referencePrecision !== null,
    text: ({ errors }) => errors.referencePrecision?.toFixed(3) ?? '–',
  },
  {
    heading: 'boxes',
    has: ({ output }) => output?.kind === 'detection',
    text: ({ output }) => (output?.kind === 'detection' ? boxesText(output.pictures) : '–'),
  },
  {
    heading: 'diverges at',
    has: ({ output }) => output?.kind === 'text',
    text: ({ output }) =>
      output?.kind === 'text' && output.divergesAt !== null ? `token ${output.divergesAt}` : 'never',
  },
]

/** Of all pictures: "41 the same, 1 lost, 2 more". */
function boxesText(pictures: readonly ComparedBoxes[]): string {
  const matches = pictures.flatMap((picture) => picture.matches)
  const lost = matches.filter(({ own }) => own === null).length
  const more = matches.filter(({ reference }) => reference === null).length
  return `${matches.length - lost - more} the same, ${lost} lost, ${more} more`
}

/** "Met: 61.2 dB of 60 dB, measured of the mix." */
function mixText({ met, measured, targetDecibels }: SearchResult): string {
  const found = decibelText(measured.at(-1)?.sqnr ?? null)
  return `${met ? 'Met' : 'Not met'}: ${found} of ${targetDecibels} dB, measured of the mix.`
}

/** A comparison as a table, and under it what each column really was. */
export function comparisonTable(comparison: Comparison, colours: Colours): string {
  const { columns } = comparison
  const extra = measures.filter(({ has }) => columns.some(has))
  const unit = columns[0]?.run.unit ?? 'run'
  const heading = [
    'precision',
    'on disk',
    'load',
    `${unit} (median)`,
    'p95',
    'peak memory',
    'SQNR',
    'max abs',
    'cosine',
    ...extra.map((one) => one.heading),
  ]
  const rows = columns.map((column) => {
    if (column.failure !== null) return [column.label, 'failed', ...heading.slice(2).map(() => '')]
    const { bytes, loadMilliseconds, run, peakMemory, errors } = column
    return [
      column.label,
      megabytes(bytes),
      `${(loadMilliseconds / 1000).toFixed(2)} s`,
      `${run.median.toFixed(1)} ms`,
      `${run.p95.toFixed(1)} ms`,
      megabytes(peakMemory.bytes),
      decibelText(errors.sqnr),
      number(errors.maxAbsolute, 3),
      errors.cosine?.toFixed(5) ?? '–',
      ...extra.map((one) => one.text(column)),
    ]
  })
  const [head, ...lines] = table([heading, ...rows])
  const { provider, threads, machine, search, modelName } = comparison
  return [
    colours.bold(head ?? ''),
    ...lines,
    '',
    ...columns.map(({ label, failure, truth }) => `${colours.bold(label)}: ${failure?.message ?? truth.sentence}`),
    ...(search === null ? [] : ['', `${mixText(search)} ${search.sentence}`]),
    '',
    colours.dim(
      `${modelName} on ${provider}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${machine}. Times are comparable only where these are the same.`,
    ),
  ].join('\n')
}

/** A comparison as programs read it: everything but histograms and pictures. */
export function comparisonFacts(comparison: Comparison) {
  const { id, settings, modelName, modelHash, provider, threads, machine, roles, mainRole, partial, search } =
    comparison
  return {
    id,
    modelName,
    modelHash,
    provider,
    threads,
    machine,
    roles,
    mainRole,
    partial,
    subject: settings.subject,
    layers: comparison.layers.map(({ name, operator, weights, milliseconds }) => ({
      name,
      operator,
      weights,
      milliseconds,
    })),
    columns: comparison.columns,
    search,
  }
}

const csvHeading =
  'precision,arithmetic,bytes,load_ms,unit,median_ms,p95_ms,total_ms,peak_bytes,sqnr_db,max_abs,cosine,psnr_db,ssim,kl_nats,agreement,mean_ap,reference_ap,error'

function cell(value: number | string | null): string {
  const text = value === null ? '' : String(value)
  return /[",\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** One line a column. An infinite ratio is "inf", what does not apply is empty. */
export function comparisonCsv({ columns }: Comparison): string {
  const ratio = (value: Decibels): number | string | null => (value === 'infinity' ? 'inf' : value)
  const lines = columns.map(({ label, truth, bytes, loadMilliseconds, run, peakMemory, errors, failure }) =>
    [
      label,
      truth.arithmetic,
      bytes,
      loadMilliseconds,
      run.unit,
      run.median,
      run.p95,
      run.total,
      peakMemory.bytes,
      ratio(errors.sqnr),
      errors.maxAbsolute,
      errors.cosine,
      ratio(errors.psnr),
      errors.ssim,
      errors.divergence,
      errors.agreement,
      errors.meanAveragePrecision,
      errors.referencePrecision,
      failure?.message ?? null,
    ]
      .map(cell)
      .join(','),
  )
  return [csvHeading, ...lines, ''].join('\n')
}
