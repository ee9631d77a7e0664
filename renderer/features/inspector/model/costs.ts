import type { Inspection } from '../../../../contract/inspection'
import type { InspectionCounts } from '../../../../contract/inspection-counts'
import type { Profile } from '../../../../contract/inspection-measures'
import { scopeTimes } from '../../../../contract/inspection-statistics'
import { formatMacs, formatTime, megaMacs, needsDims, shortCount } from './figures'

/** What the tree, the graph and the charts are weighed by. */
export type Metric = 'parameters' | 'macs' | 'time'

export type ProfiledNode = Profile['nodes'][number]

/** Everything that is known of each node and each scope; null where it is not known. */
export interface Costs {
  readonly nodes: Readonly<Record<Metric, readonly (number | null)[]>>
  readonly scopes: Readonly<Record<Metric, readonly (number | null)[]>>
  /** Of the whole model. Time is that of a whole run, which the kernels' sum falls short of. */
  readonly total: Readonly<Record<Metric, number | null>>
  /** What the profile says of a node. */
  readonly profiled: ReadonlyMap<number, ProfiledNode>
  /** Where a node is computed by another's kernel: that node. */
  readonly fusedInto: ReadonlyMap<number, number>
}

export function costsOf(inspection: Inspection, counts: InspectionCounts | null, profile: Profile | null): Costs {
  const profiled = new Map<number, ProfiledNode>()
  const fusedInto = new Map<number, number>()
  for (const entry of profile?.nodes ?? []) {
    profiled.set(entry.node, entry)
    for (const other of entry.fused) fusedInto.set(other, entry.node)
  }
  const nobody = inspection.nodes.map(() => null)
  const nodeTimes = profile === null ? nobody : inspection.nodes.map((_, index) => timeOf(index, profiled, fusedInto))
  return {
    nodes: { parameters: counts?.nodes.parameters ?? nobody, macs: counts?.nodes.macs ?? nobody, time: nodeTimes },
    scopes: {
      parameters: counts?.scopes.parameters ?? inspection.scopes.map(() => null),
      macs: counts?.scopes.macs ?? inspection.scopes.map(() => null),
      time: profile === null ? inspection.scopes.map(() => null) : scopeTimes(inspection, profile),
    },
    total: {
      parameters: inspection.parameters,
      macs: counts?.scopes.macs[0] ?? null,
      time: profile?.total.median ?? null,
    },
    profiled,
    fusedInto,
  }
}

/** Milliseconds; 0 for what another node's kernel computes; null where the runtime ran nothing for it. */
function timeOf(
  node: number,
  profiled: ReadonlyMap<number, ProfiledNode>,
  fusedInto: ReadonlyMap<number, number>,
): number | null {
  return profiled.get(node)?.median ?? (fusedInto.has(node) ? 0 : null)
}

export const metricNames: Readonly<Record<Metric, string>> = {
  parameters: 'Parameters',
  macs: 'MMAC',
  time: 'Time',
}

/** With its unit, for sentences and cards. */
export function metricWords(metric: Metric, value: number | null): string {
  if (value === null) return metric === 'time' ? 'not measured' : needsDims
  if (metric === 'time') return formatTime(value)
  return metric === 'macs' ? formatMacs(value) : shortCount(value)
}

/** Without its unit, for columns and boxes whose heading has it. */
export function metricFigure(metric: Metric, value: number | null): string {
  if (value === null) return '–'
  if (metric === 'time') return value >= 0.0005 ? value.toFixed(value >= 9.995 ? 1 : 2) : '0'
  return metric === 'macs' ? megaMacs(value) : shortCount(value)
}
