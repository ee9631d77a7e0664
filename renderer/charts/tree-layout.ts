import type { Round } from '../../contract/speculation'

export interface TreeBox {
  /** 0 is the root; a drafted node's id; "own" is the target's own token. */
  readonly key: number | 'own'
  readonly parent: number | null
  /** The column. */
  readonly depth: number
  /** The row. */
  readonly slot: number
}

export interface TreeLayout {
  readonly boxes: readonly TreeBox[]
  readonly columns: number
  readonly slots: number
}

/**
 * A place for each node of a round: its depth is the column, and in each column nodes stand in the order of their parents
 * and ranks, never above their parent. So the first choice of every node runs straight, no edges cross, and rounds of one
 * shape look alike. The target's own token stands under the first choice of the node that gave it.
 */
export function layoutTree(round: Pick<Round, 'nodes' | 'emitted'>): TreeLayout {
  const own = round.emitted.at(-1)
  const ownParent = own === undefined || own.origin === 'accepted' ? null : own.node
  const children = new Map<number, { readonly id: number; readonly rank: number }[]>()
  for (const { id, parent, rank } of round.nodes) {
    const list = children.get(parent)
    if (list === undefined) children.set(parent, [{ id, rank }])
    else list.push({ id, rank })
  }
  for (const list of children.values()) list.sort((a, b) => a.rank - b.rank)

  const boxes: TreeBox[] = []
  /** The lowest row that is taken, by column. */
  const taken: number[] = []

  function put(key: TreeBox['key'], parent: number | null, depth: number, least: number): number {
    const slot = Math.max(least, (taken[depth] ?? -1) + 1)
    taken[depth] = slot
    boxes.push({ key, parent, depth, slot })
    return slot
  }

  function place(key: number, parent: number | null, depth: number, least: number): void {
    const slot = put(key, parent, depth, least)
    const below = children.get(key) ?? []
    if (below.length === 0 && key === ownParent) put('own', key, depth + 1, slot)
    below.forEach(({ id }, index) => {
      place(id, key, depth + 1, slot)
      if (index === 0 && key === ownParent) put('own', key, depth + 1, slot)
    })
  }

  place(0, null, 0, 0)
  return { boxes, columns: taken.length, slots: Math.max(...taken) + 1 }
}
