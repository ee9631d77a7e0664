import type { Inspection } from '../../../../contract/inspection'
import { itemKey, type Item } from './item'
import type { TreeRow } from './tree-rows'

/** Weights whose names begin alike, in a file that has no graph to put them in order. */
export interface WeightGroup {
  readonly name: string
  /** With dots between; empty for the whole. */
  readonly path: string
  readonly groups: number[]
  readonly weights: number[]
  parameters: number
  bytes: number
}

/** Groups by the parts of the weights' names; the first is the whole. */
export function weightGroupsOf(inspection: Inspection): readonly WeightGroup[] {
  const whole: WeightGroup = { name: '', path: '', groups: [], weights: [], parameters: 0, bytes: 0 }
  const all = [whole]
  const places = new Map<string, number>([['', 0]])
  inspection.weights.forEach((weight, index) => {
    const parts = (inspection.tensors[weight.tensor]?.name ?? '').split(/[./]/).slice(0, -1)
    let at = 0
    for (let depth = 0; depth <= parts.length; depth += 1) {
      const group = all[at]!
      group.parameters += weight.parameters
      group.bytes += weight.bytes
      if (depth === parts.length) group.weights.push(index)
      else at = groupIn(parts[depth]!, parts.slice(0, depth + 1).join('.'), at)
    }
  })

  function groupIn(name: string, path: string, parent: number): number {
    const known = places.get(path)
    if (known !== undefined) return known
    const place = all.length
    all.push({ name, path, groups: [], weights: [], parameters: 0, bytes: 0 })
    places.set(path, place)
    all[parent]!.groups.push(place)
    return place
  }

  return all
}

/** The rows of the tree of weights as it stands open. */
export function weightRows(groups: readonly WeightGroup[], open: ReadonlySet<string>): readonly TreeRow[] {
  const rows: TreeRow[] = []

  function add(group: WeightGroup, depth: number): void {
    const items: readonly Item[] = [
      ...group.groups.map((index): Item => ({ kind: 'group', index })),
      ...group.weights.map((index): Item => ({ kind: 'weight', index })),
    ]
    items.forEach((item, index) => {
      const isOpen = item.kind === 'group' ? open.has(itemKey(item)) : null
      rows.push({ item, depth, isOpen, place: index + 1, siblings: items.length })
      const inside = item.kind === 'group' ? groups[item.index] : undefined
      if (isOpen === true && inside !== undefined) add(inside, depth + 1)
    })
  }

  if (groups[0] !== undefined) add(groups[0], 0)
  return rows
}

/** What a weight is called within its group. */
export function weightLabel(name: string): string {
  return name.split(/[./]/).at(-1) ?? name
}
