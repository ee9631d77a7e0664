import type { Inspection } from './inspection'
import type { InspectionCounts } from './inspection-counts'
import type { Profile } from './inspection-measures'

/** One node as the table shows it, with its numbers. Null where one is unknown or was not measured. */
export interface InspectionRow {
  /** Index into `Inspection.nodes`. */
  readonly node: number
  readonly op: string
  /** Its name, or that of what it gives where it has none. */
  readonly name: string
  /** Path of the scope that it lies in. */
  readonly scope: string
  /** Shapes of what goes in, without weights, such as `1 x 24 x 80 x 80`; `?` for an unknown size. */
  readonly inputs: string
  readonly outputs: string
  /** Element type of what comes out. */
  readonly precision: string
  readonly parameters: number
  readonly storedBytes: number
  readonly macs: number | null
  readonly elementOps: number | null
  readonly bytesMoved: number | null
  /** Multiply-adds for each byte moved. */
  readonly intensity: number | null
  /** Milliseconds. */
  readonly median: number | null
  readonly p95: number | null
  /** Of the kernels' time, 0 to 1. */
  readonly share: number | null
  readonly macsPerSecond: number | null
  readonly provider: string
}

/** Sizes with crosses between; `scalar` for none, `?` for what is unknown. */
export function shapeText(shape: readonly (number | string | null)[] | null | undefined): string {
  if (shape === null || shape === undefined) return '?'
  return shape.length === 0 ? 'scalar' : shape.map((size) => size ?? '?').join(' x ')
}

/** Every node with its counts and, where it was measured, its time. Nodes of bodies are rows too: `within` tells them. */
export function inspectionRows(
  inspection: Inspection,
  counts: InspectionCounts,
  profile: Profile | null = null,
): InspectionRow[] {
  const times = new Map((profile?.nodes ?? []).map((time) => [time.node, time]))
  const { tensors, scopes } = inspection
  return inspection.nodes.map(({ name, op, scope, inputs, outputs }, node) => {
    const given = inputs.filter((tensor) => tensor >= 0 && tensors[tensor]?.weight === null)
    const made = outputs.filter((tensor) => tensor >= 0)
    const [first = -1] = made
    const macs = counts.nodes.macs[node] ?? null
    const bytesMoved = counts.nodes.bytesMoved[node] ?? null
    const time = times.get(node)
    return {
      node,
      op,
      name: name === '' ? (tensors[first]?.name ?? '') : name,
      scope: scopes[scope]?.path ?? '',
      inputs: given.map((tensor) => shapeText(counts.shapes[tensor])).join(', '),
      outputs: made.map((tensor) => shapeText(counts.shapes[tensor])).join(', '),
      precision: counts.dtypes[first] ?? '',
      parameters: counts.nodes.parameters[node] ?? 0,
      storedBytes: counts.nodes.storedBytes[node] ?? 0,
      macs,
      elementOps: counts.nodes.elementOps[node] ?? null,
      bytesMoved,
      intensity: macs === null || bytesMoved === null || bytesMoved === 0 ? null : macs / bytesMoved,
      median: time?.median ?? null,
      p95: time?.p95 ?? null,
      share: time?.share ?? null,
      macsPerSecond: time?.macsPerSecond ?? null,
      provider: time?.provider ?? '',
    }
  })
}

type Column = Exclude<keyof InspectionRow, 'node'>

/** The table's columns in order, with what heads them. A file names units, because it has nobody to ask. */
const columns: readonly (readonly [Column, string])[] = [
  ['op', 'op'],
  ['name', 'name'],
  ['scope', 'scope'],
  ['inputs', 'inputs'],
  ['outputs', 'outputs'],
  ['precision', 'precision'],
  ['parameters', 'parameters'],
  ['storedBytes', 'stored_bytes'],
  ['macs', 'macs'],
  ['elementOps', 'element_ops'],
  ['bytesMoved', 'bytes_moved'],
  ['intensity', 'macs_per_byte'],
  ['median', 'ms_median'],
  ['p95', 'ms_p95'],
  ['share', 'share'],
  ['macsPerSecond', 'macs_per_second'],
  ['provider', 'provider'],
]

/** A number as it is, a text with quotes where it needs them. Text that a spreadsheet would compute is defused. */
function csvField(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** RFC 4180 with a heading, a row for each node. Unknown numbers are empty, never 0. */
export function toCsv(rows: readonly InspectionRow[]): string {
  const lines = rows.map((row) => columns.map(([column]) => csvField(row[column])).join(','))
  return [columns.map(([, head]) => head).join(','), ...lines, ''].join('\r\n')
}

const markdownColumns = new Set<Column>([
  'op',
  'name',
  'outputs',
  'parameters',
  'macs',
  'bytesMoved',
  'intensity',
  'median',
  'p95',
])

function markdownField(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'string') return value.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ')
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toPrecision(4)
}

/** A table for a text: the columns that people read. */
export function toMarkdown(rows: readonly InspectionRow[]): string {
  const shown = columns.filter(([column]) => markdownColumns.has(column))
  const line = (fields: readonly string[]): string => `| ${fields.join(' | ')} |`
  const isText = (column: Column): boolean => column === 'op' || column === 'name' || column === 'outputs'
  return [
    line(shown.map(([, head]) => head.replaceAll('_', ' '))),
    line(shown.map(([column]) => (isText(column) ? '---' : '---:'))),
    ...rows.map((row) => line(shown.map(([column]) => markdownField(row[column])))),
    '',
  ].join('\n')
}
