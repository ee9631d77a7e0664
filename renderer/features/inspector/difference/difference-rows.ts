import type { Inspection, InspectionDifference } from '../../../../contract/inspection'
import { operatorsText } from '../../../../contract/operators-text'
import { plural } from '../../../ui/format'
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
  /** Nodes that went or came with a changed one, which stand below it where it is unfolded. */
  readonly helpers: { readonly words: string; readonly operators: string } | null
  /** Whether it stands below a changed node that it went or came with. */
  readonly isHelper: boolean
}

/** Two files and how they differ. */
export interface Compared {
  readonly before: Inspection
  readonly after: Inspection
  readonly difference: InspectionDifference
}

type Nodes = InspectionDifference['nodes']
type Part = 'nodes' | 'weights'

/** Differences of one kind, each a row: nodes in the order in which they run, weights the largest first. */
export function differenceRows(compared: Compared, what: Part, kind: ChangeKind): readonly DifferenceRow[] {
  const { before, after, difference } = compared
  const { added, removed, changed } = difference[what]
  switch (kind) {
    case 'removed':
      return removed.toSorted(largestFirst(before, what)).map((index) => onlyRow(compared, what, 'removed', index))
    case 'added':
      return added.toSorted(largestFirst(after, what)).map((index) => onlyRow(compared, what, 'added', index))
    case 'changed': {
      const sooner = largestFirst(before, what)
      return changed.toSorted((a, b) => sooner(a.before, b.before)).map((pair) => changedRow(compared, what, pair))
    }
  }
}

/**
 * All differences: nodes that became another operator first, with what went and came with them folded into them; then what was
 * removed and added; then what else changed.
 * @param unfolded keys of rows whose helpers are shown
 */
export function allRows(compared: Compared, what: Part, unfolded: ReadonlySet<string>): readonly DifferenceRow[] {
  const { removed, added } = groupsOf(compared, what)
  const changed = differenceRows(compared, what, 'changed').flatMap((row) => [
    row,
    ...(unfolded.has(row.key) ? helperRows(compared, row.item?.index ?? -1) : []),
  ])
  const isOtherOperator = ({ changes, isHelper }: DifferenceRow) => isHelper || changes[0]?.what === 'operator'
  const isOutside = ({ key }: DifferenceRow) => !removed.has(key) && !added.has(key)
  return [
    ...changed.filter(isOtherOperator),
    ...differenceRows(compared, what, 'removed').filter(isOutside),
    ...differenceRows(compared, what, 'added').filter(isOutside),
    ...changed.filter((row) => !isOtherOperator(row)),
  ]
}

/** Keys of the rows that are folded into others. */
function groupsOf({ difference }: Compared, what: Part): Record<'removed' | 'added', ReadonlySet<string>> {
  const groups = what === 'nodes' ? difference.nodes.groups : []
  const keys = (side: 'removed' | 'added') =>
    new Set(groups.flatMap((group) => group[side].map((index) => `${side}-${index}`)))
  return { removed: keys('removed'), added: keys('added') }
}

function helperRows(compared: Compared, before: number): readonly DifferenceRow[] {
  const group = groupAround(compared.difference.nodes, before)
  if (group === undefined) return []
  return (['removed', 'added'] as const).flatMap((side) =>
    group[side].map((index) => ({ ...onlyRow(compared, 'nodes', side, index), isHelper: true })),
  )
}

type Group = Nodes['groups'][number]

const byNode = new WeakMap<Nodes, ReadonlyMap<number, Group>>()

function groupAround(nodes: Nodes, before: number): Group | undefined {
  const known = byNode.get(nodes) ?? new Map(nodes.groups.map((group) => [nodes.changed[group.around]!.before, group]))
  byNode.set(nodes, known)
  return known.get(before)
}

function onlyRow({ before, after }: Compared, what: Part, kind: 'added' | 'removed', index: number): DifferenceRow {
  return {
    key: `${kind}-${index}`,
    kind,
    ...namesOf(kind === 'removed' ? before : after, what, index),
    changes: [],
    item: kind === 'removed' ? itemOf(what, index) : null,
    helpers: null,
    isHelper: false,
  }
}

function changedRow(
  compared: Compared,
  what: Part,
  { before: index, changes }: Nodes['changed'][number],
): DifferenceRow {
  const { before, after, difference } = compared
  const group = what === 'nodes' ? groupAround(difference.nodes, index) : undefined
  const sides = [
    { sign: 'without', of: before, nodes: group?.removed ?? [] },
    { sign: 'with', of: after, nodes: group?.added ?? [] },
  ].filter(({ nodes }) => nodes.length > 0)
  return {
    key: `changed-${index}`,
    kind: 'changed',
    ...namesOf(before, what, index),
    changes,
    item: itemOf(what, index),
    helpers:
      sides.length === 0
        ? null
        : {
            words: sides.map(({ sign, nodes }) => `${sign} ${plural(nodes.length, 'node')}`).join(', '),
            operators: sides.map(({ sign, of, nodes }) => `${sign} ${operatorsText(of, nodes)}`).join('\n'),
          },
    isHelper: false,
  }
}

function itemOf(what: Part, index: number): Item {
  return { kind: what === 'nodes' ? 'node' : 'weight', index }
}

/** Weights by their bytes; nodes stay in the order in which they run. */
function largestFirst({ weights }: Inspection, what: Part): (a: number, b: number) => number {
  return what === 'nodes' ? (a, b) => a - b : (a, b) => (weights[b]?.bytes ?? 0) - (weights[a]?.bytes ?? 0) || a - b
}

function namesOf(
  inspection: Inspection,
  what: Part,
  index: number,
): { readonly name: string; readonly detail: string } {
  if (what === 'nodes') {
    const node = inspection.nodes[index]
    return { name: node?.name || (inspection.tensors[node?.outputs[0] ?? -1]?.name ?? ''), detail: node?.op ?? '' }
  }
  const weight = inspection.weights[index]
  const name = inspection.tensors[weight?.tensor ?? -1]?.name ?? ''
  return { name, detail: weight === undefined ? '' : `${formatShape(weight.shape)} ${weight.dtype}` }
}
