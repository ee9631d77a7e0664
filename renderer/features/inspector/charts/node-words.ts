import type { Opened } from '../context'
import { formatMacs, formatRate, formatShare, formatTime, needsDims } from '../model/figures'
import { nodeLabel } from '../model/model-graph'

/** A node in one line: operator, multiply-adds, time and speed, as far as they are known. */
export function nodeWords(node: number, { inspection, costs }: Opened): string {
  const about = inspection.nodes[node]!
  const macs = costs.nodes.macs[node] ?? null
  const measured = costs.profiled.get(node)
  return [
    about.op,
    macs === null ? needsDims : formatMacs(macs),
    ...(measured === undefined ? [] : [formatTime(measured.median), formatShare(measured.share)]),
    ...(measured?.macsPerSecond == null ? [] : [formatRate(measured.macsPerSecond)]),
  ].join(', ')
}

/** A node's name with that of the scope it lies in. */
export function placeName(node: number, { inspection }: Opened): string {
  const about = inspection.nodes[node]!
  const scope = inspection.scopes[about.scope]?.name ?? ''
  const label = nodeLabel(about)
  return scope === '' || label.includes(scope) ? label : `${scope} / ${label}`
}
