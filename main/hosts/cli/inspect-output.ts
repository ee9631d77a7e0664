import type pc from 'picocolors'
import type { Inspection, InspectionDifference } from '../../../contract/inspection'
import type { InspectionCounts } from '../../../contract/inspection-counts'
import type { MeasuredBlocks, Profile } from '../../../contract/inspection-measures'
import { scopeTimes } from '../../../contract/inspection-statistics'
import { operatorsText } from '../../../contract/operators-text'
import { inspectionRows } from '../../../contract/inspection-table'

type Colours = ReturnType<typeof pc.createColors>

const needsSizes = 'needs dims'
const topNodes = 10
const mostScopes = 40
const scopeDepth = 2

/** A count with the unit that makes it short; what is unknown says so and is never 0. */
export function countText(value: number | null): string {
  if (value === null) return needsSizes
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['K', 1e3],
  ] as const) {
    if (Math.abs(value) >= size) return `${(value / size).toPrecision(4)} ${unit}`
  }
  return String(Math.round(value))
}

function bytesText(value: number | null): string {
  return value === null ? needsSizes : `${countText(value)}B`.replace(/(\d)B$/, '$1 B')
}

function millisecondsText(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : `${value.toPrecision(3)} ms`
}

/** Columns side by side; the first is read from the left, the others are numbers. */
function table(rows: readonly (readonly string[])[], colours: Colours): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row, index) => {
    const line = row
      .map((field, column) => (column === 0 ? field.padEnd(widths[column]!) : field.padStart(widths[column]!)))
      .join('  ')
      .trimEnd()
    return index === 0 ? colours.dim(line) : line
  })
}

function head(
  { name, header, parameters, precisions, graphBytes, weightBytes, nodes, operators, weights }: Inspection,
  colours: Colours,
): string[] {
  const opsets = header.opsets
    .map(({ domain, version }) => (domain === '' ? `opset ${version}` : `${domain} ${version}`))
    .join(', ')
  return [
    `${colours.bold(name)}  ${precisions[0]?.dtype ?? ''}`,
    [
      header.producer,
      opsets,
      nodes.length === 0 ? `${weights.length} weights` : `${nodes.length} nodes, ${operators.length} operators`,
    ]
      .filter((text) => text !== '')
      .join(' · '),
    `parameters ${countText(parameters)} · weights ${bytesText(weightBytes)} · graph ${bytesText(graphBytes)}`,
  ]
}

function totals(inspection: Inspection, counts: InspectionCounts, profile: Profile | null): string[] {
  const [macs = null] = counts.scopes.macs
  const [atLeast = 0] = counts.scopes.macsAtLeast
  const lines = [
    `MACs ${countText(macs)}${macs === null && atLeast > 0 ? ` (at least ${countText(atLeast)})` : ''} · element ops ${countText(counts.scopes.elementOps[0] ?? null)} · bytes moved ${bytesText(counts.scopes.bytesMoved[0] ?? null)} · peak activations ${bytesText(counts.peakActivation.bytes)}`,
  ]
  if (profile !== null) {
    lines.push(
      `${millisecondsText(profile.total.median)} a run (95th percentile ${millisecondsText(profile.total.p95)}), ${profile.runs} runs on ${profile.threads} CPU threads; ${(100 * profile.mapped).toFixed(1)} % of the kernels' time is mapped to nodes`,
    )
  }
  const suggestion = inspection.dimensions.filter(
    ({ name, formula }) => counts.missing.includes(name) && formula === null,
  )
  if (suggestion.length > 0) {
    lines.push(`Sizes are missing: --dims ${suggestion.map(({ name, suggested }) => `${name}=${suggested}`).join(',')}`)
  }
  return lines
}

/** What is unknown comes first: it may be the most of all. */
function ranked(macs: number | null): number {
  return macs ?? Number.MAX_SAFE_INTEGER
}

function nodeTable(
  inspection: Inspection,
  counts: InspectionCounts,
  profile: Profile | null,
  colours: Colours,
): string[] {
  const rows = inspectionRows(inspection, counts, profile)
    .filter(({ node }) => inspection.nodes[node]?.within === null)
    .sort((a, b) => ranked(b.macs) - ranked(a.macs) || b.parameters - a.parameters)
    .slice(0, topNodes)
  if (rows.length === 0) return []
  const titles = ['node', 'op', 'out', 'parameters', 'MACs', ...(profile === null ? [] : ['ms', 'GMAC/s'])]
  const lines = rows.map((row) => [
    row.name.slice(-48),
    row.op,
    row.outputs.slice(0, 28),
    countText(row.parameters),
    countText(row.macs),
    ...(profile === null
      ? []
      : [millisecondsText(row.median), row.macsPerSecond === null ? '' : (row.macsPerSecond / 1e9).toFixed(1)]),
  ])
  return ['', ...table([titles, ...lines], colours)]
}

function scopeTable(
  { scopes, nodes }: Inspection,
  counts: InspectionCounts,
  profile: Profile | null,
  colours: Colours,
): string[] {
  const times = profile === null ? null : scopeTimes({ scopes, nodes }, profile)
  const shown = scopes
    .map((scope, index) => ({ ...scope, index }))
    .filter(({ path }) => path !== '' && path.split('/').length <= scopeDepth)
    .sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }))
    .slice(0, mostScopes)
  if (shown.length === 0) return []
  const titles = ['scope', 'nodes', 'parameters', 'MACs', ...(times === null ? [] : ['ms'])]
  const lines = shown.map(({ path, index }) => [
    `${'  '.repeat(path.split('/').length - 1)}${path.split('/').at(-1) ?? ''}`,
    String(counts.scopes.nodeCounts[index] ?? 0),
    countText(counts.scopes.parameters[index] ?? 0),
    countText(counts.scopes.macs[index] ?? null),
    ...(times === null ? [] : [millisecondsText(times[index])]),
  ])
  return ['', ...table([titles, ...lines], colours)]
}

function weightTable({ weights, tensors }: Inspection, colours: Colours): string[] {
  const largest = [...weights].sort((a, b) => b.bytes - a.bytes).slice(0, topNodes)
  const lines = largest.map(({ tensor, dtype, shape, bytes }) => [
    tensors[tensor]?.name ?? '',
    dtype,
    shape.join(' x '),
    bytesText(bytes),
  ])
  return ['', ...table([['weight', 'type', 'shape', 'bytes'], ...lines], colours)]
}

/** What a model costs, for people. */
export function inspectionText(
  inspection: Inspection,
  counts: InspectionCounts,
  profile: Profile | null,
  colours: Colours,
): string {
  const body =
    inspection.nodes.length === 0
      ? weightTable(inspection, colours)
      : [
          ...totals(inspection, counts, profile),
          ...nodeTable(inspection, counts, profile, colours),
          ...scopeTable(inspection, counts, profile, colours),
        ]
  const notes = inspection.notes.map((note) => colours.yellow(note))
  return [...head(inspection, colours), ...body, ...(notes.length === 0 ? [] : ['', ...notes])].join('\n')
}

/** How two models differ, for people. */
export function differenceText(
  before: Inspection,
  after: Inspection,
  { header, nodes, weights }: InspectionDifference,
): string {
  const nodeName = ({ nodes: all, tensors }: Inspection, index: number): string => {
    const node = all[index]
    return `${node?.op ?? ''} ${node?.name || (tensors[node?.outputs[0] ?? -1]?.name ?? '')}`
  }
  const weightName = ({ weights: all, tensors }: Inspection, index: number): string =>
    tensors[all[index]?.tensor ?? -1]?.name ?? ''
  const changes = (list: { what: string; before: string; after: string }[]): string[] =>
    list.map((change) => `    ${change.what}: ${change.before || '–'} → ${change.after || '–'}`)
  const groups = new Map(nodes.groups.map((group) => [group.around, group]))
  const [gone, fresh] = [
    new Set(nodes.groups.flatMap((group) => group.removed)),
    new Set(nodes.groups.flatMap((group) => group.added)),
  ]
  /** Nodes that went or came with a changed one are told with it. */
  const helpers = (place: number): string[] => {
    const { removed = [], added = [] } = groups.get(place) ?? {}
    return [
      ...(removed.length === 0 ? [] : [`    without ${operatorsText(before, removed)}`]),
      ...(added.length === 0 ? [] : [`    with ${operatorsText(after, added)}`]),
    ]
  }
  const part = (title: string, match: typeof weights, name: typeof nodeName): string[] => [
    `${title}: ${match.same} the same, ${match.changed.length} changed, ${match.added.length} added, ${match.removed.length} removed`,
    ...match.removed.flatMap((index) => (match === nodes && gone.has(index) ? [] : [`  - ${name(before, index)}`])),
    ...match.added.flatMap((index) => (match === nodes && fresh.has(index) ? [] : [`  + ${name(after, index)}`])),
    ...match.changed.flatMap((entry, place) => [
      `  ~ ${name(after, entry.after)}`,
      ...changes(entry.changes),
      ...(match === nodes ? helpers(place) : []),
    ]),
  ]
  return [
    `${before.name} → ${after.name}`,
    ...header.map(({ what, before: old, after: now }) => `${what}: ${old || '–'} → ${now || '–'}`),
    ...part('nodes', nodes, nodeName),
    ...part('weights', weights, weightName),
  ].join('\n')
}

/** The forms of a convolution, measured side by side. */
export function blocksText({ convolution, blocks, threads, runs }: MeasuredBlocks, colours: Colours): string {
  const { kernel, inputChannels, outputChannels, height, width, stride } = convolution
  const lines = blocks.map(({ name, parameters, macs, milliseconds, macsPerSecond, refused }) =>
    refused === null
      ? [
          name,
          countText(parameters),
          countText(macs),
          millisecondsText(milliseconds?.median),
          millisecondsText(milliseconds?.p95),
          macsPerSecond === null ? '' : (macsPerSecond / 1e9).toFixed(1),
        ]
      : [name, '–', '–', '–', '–', '–'],
  )
  const marks = blocks.flatMap(({ name, refused, slowerThanItsMacs, guidelines }) => [
    ...(refused === null ? [] : [`${name}: ${refused}.`]),
    ...(slowerThanItsMacs
      ? [
          `${name} has fewer multiply-adds than a block that it does not outrun.${guidelines.map((mark) => ` ${mark.name}: ${mark.sentence}`).join('')}`,
        ]
      : []),
  ])
  return [
    `${kernel} x ${kernel}, ${inputChannels} to ${outputChannels} channels, ${height} x ${width}, stride ${stride}; ${runs} rounds on ${threads} CPU threads`,
    '',
    ...table([['block', 'parameters', 'MACs', 'median', 'p95', 'GMAC/s'], ...lines], colours),
    ...(marks.length === 0 ? [] : ['', ...marks]),
  ].join('\n')
}
