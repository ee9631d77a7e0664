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
 * A place for each node of a round: its depth is the column, and rows follow the drafter's ranks from the top, so that the
 * first choice of every node runs straight and rounds of one shape look alike. The target's own token stands last among
 * the children of the node that gave it.
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
  let nextSlot = 0
  let deepest = 0

  function place(key: number, parent: number | null, depth: number): void {
    const slot = nextSlot
    boxes.push({ key, parent, depth, slot })
    deepest = Math.max(deepest, depth)
    const below = children.get(key) ?? []
    below.forEach(({ id }, index) => {
      if (index > 0) nextSlot += 1
      place(id, key, depth + 1)
    })
    if (key !== ownParent) return
    if (below.length > 0) nextSlot += 1
    boxes.push({ key: 'own', parent: key, depth: depth + 1, slot: nextSlot })
    deepest = Math.max(deepest, depth + 1)
  }

  place(0, null, 0)
  return { boxes, columns: deepest + 1, slots: nextSlot + 1 }
}
