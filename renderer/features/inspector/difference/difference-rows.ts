import type { Inspection } from '../../../../contract/inspection'
import type { InspectorFeature } from '../feature'
import { openFileOf } from '../file-store'
import { formatShape } from '../model/figures'
import type { Item } from '../model/item'

export type ChangeKind = 'added' | 'removed' | 'changed'

export interface DifferenceRow {
  readonly key: string
  readonly kind: ChangeKind
  readonly name: string
  readonly detail: string
  readonly changes: readonly { readonly what: string; readonly before: string; readonly after: string }[]
  /** In the open file; null for what only the other has. */
  readonly item: Item | null
}

/** The differences as rows: what was removed, what was added, what changed. */
export function differenceRows(feature: InspectorFeature, what: 'nodes' | 'weights'): readonly DifferenceRow[] {
  const { other, difference } = feature.difference.getState()
  const before = openFileOf(feature.file.getState())?.inspection
  const after = other?.inspection
  if (before === undefined || after === undefined || difference === null) return []
  const kind = what === 'nodes' ? 'node' : 'weight'
  const { added, removed, changed } = difference[what]
  const ofBefore = largestFirst(before, kind)
  const ofAfter = largestFirst(after, kind)
  return [
    ...removed.toSorted(ofBefore).map((index): DifferenceRow => ({
      key: `removed-${index}`,
      kind: 'removed',
      ...namesOf(before, kind, index),
      changes: [],
      item: { kind, index },
    })),
    ...added.toSorted(ofAfter).map((index): DifferenceRow => ({
      key: `added-${index}`,
      kind: 'added',
      ...namesOf(after, kind, index),
      changes: [],
      item: null,
    })),
    ...changed
      .toSorted((a, b) => ofBefore(a.before, b.before))
      .map(({ before: index, changes }): DifferenceRow => ({
        key: `changed-${index}`,
        kind: 'changed',
        ...namesOf(before, kind, index),
        changes,
        item: { kind, index },
      })),
  ]
}

/** Weights by their bytes; nodes stay in the order in which they run. */
function largestFirst({ weights }: Inspection, kind: 'node' | 'weight'): (a: number, b: number) => number {
  return kind === 'node' ? (a, b) => a - b : (a, b) => (weights[b]?.bytes ?? 0) - (weights[a]?.bytes ?? 0) || a - b
}

function namesOf(
  inspection: Inspection,
  kind: 'node' | 'weight',
  index: number,
): { readonly name: string; readonly detail: string } {
  if (kind === 'node') {
    const node = inspection.nodes[index]
    return { name: node?.name || (inspection.tensors[node?.outputs[0] ?? -1]?.name ?? ''), detail: node?.op ?? '' }
  }
  const weight = inspection.weights[index]
  const name = inspection.tensors[weight?.tensor ?? -1]?.name ?? ''
  return { name, detail: weight === undefined ? '' : `${formatShape(weight.shape)} ${weight.dtype}` }
}
