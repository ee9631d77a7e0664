import type { Inspection } from './inspection'
import { shapeAt, type InspectionCounts } from './inspection-counts'
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

/** A row whose words are put together when somebody reads them: a table draws few of its thousands of rows. */
class NodeRow implements InspectionRow {
  readonly node: number
  readonly macs: number | null
  readonly bytesMoved: number | null
  readonly parameters: number
  readonly storedBytes: number
  readonly #inspection: Inspection
  readonly #counts: InspectionCounts
  readonly #time: Profile['nodes'][number] | undefined

  constructor(
    inspection: Inspection,
    counts: InspectionCounts,
    time: Profile['nodes'][number] | undefined,
    node: number,
  ) {
    this.node = node
    this.#inspection = inspection
    this.#counts = counts
    this.#time = time
    this.macs = counts.nodes.macs[node] ?? null
    this.bytesMoved = counts.nodes.bytesMoved[node] ?? null
    this.parameters = counts.nodes.parameters[node] ?? 0
    this.storedBytes = counts.nodes.storedBytes[node] ?? 0
  }

  get op(): string {
    return this.#about.op
  }

  get name(): string {
    return this.#about.name === '' ? (this.#inspection.tensors[this.#made[0] ?? -1]?.name ?? '') : this.#about.name
  }

  get scope(): string {
    return this.#inspection.scopes[this.#about.scope]?.path ?? ''
  }

  get inputs(): string {
    const { tensors } = this.#inspection
    return this.#shapes(this.#about.inputs.filter((tensor) => tensor >= 0 && tensors[tensor]?.weight === null))
  }

  get outputs(): string {
    return this.#shapes(this.#made)
  }

  get precision(): string {
    return this.#counts.dtypes[this.#made[0] ?? -1] ?? ''
  }

  get elementOps(): number | null {
    return this.#counts.nodes.elementOps[this.node] ?? null
  }

  get intensity(): number | null {
    const { macs, bytesMoved } = this
    return macs === null || bytesMoved === null || bytesMoved === 0 ? null : macs / bytesMoved
  }

  get median(): number | null {
    return this.#time?.median ?? null
  }

  get p95(): number | null {
    return this.#time?.p95 ?? null
  }

  get share(): number | null {
    return this.#time?.share ?? null
  }

  get macsPerSecond(): number | null {
    return this.#time?.macsPerSecond ?? null
  }

  get provider(): string {
    return this.#time?.provider ?? ''
  }

  get #about(): Inspection['nodes'][number] {
    return this.#inspection.nodes[this.node]!
  }

  get #made(): readonly number[] {
    return this.#about.outputs.filter((tensor) => tensor >= 0)
  }

  #shapes(tensors: readonly number[]): string {
    return tensors.map((tensor) => shapeText(shapeAt(this.#counts, tensor))).join(', ')
  }
}

/** Every node with its counts and, where it was measured, its time. Nodes of bodies are rows too: `within` tells them. */
export function inspectionRows(
  inspection: Inspection,
  counts: InspectionCounts,
  profile: Profile | null = null,
): InspectionRow[] {
  const times = new Map((profile?.nodes ?? []).map((time) => [time.node, time]))
  return inspection.nodes.map((_, node) => new NodeRow(inspection, counts, times.get(node), node))
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
