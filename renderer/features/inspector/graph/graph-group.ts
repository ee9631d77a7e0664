// A graph as it is drawn: boxes in groups, and lines between what lies directly in one group. Layout knows nothing else.

/** Names of the two ends of a group, where lines from outside come in and go out. */
export const entry = 'in'
export const exit = 'out'

export interface GraphBox {
  readonly id: string
  readonly width: number
  readonly height: number
}

export interface GraphLine {
  readonly from: string
  readonly to: string
  /** What flows here: indices of tensors. */
  readonly tensors: readonly number[]
}

export interface GraphGroup {
  /** Empty for the outermost. */
  readonly id: string
  /** In the order in which they run. */
  readonly children: readonly (GraphBox | GraphGroup)[]
  /** Between children; `in` and `out` are the group's own ends. */
  readonly lines: readonly GraphLine[]
}

export function isGroup(child: GraphBox | GraphGroup): child is GraphGroup {
  return 'children' in child
}
