/** Something that can be looked at: a part of the model, by its index in the inspection, or among its groups of weights. */
export interface Item {
  readonly kind: 'scope' | 'node' | 'tensor' | 'weight' | 'group'
  readonly index: number
}

/** A name for it as DOM ids and maps need one. */
export function itemKey({ kind, index }: Item): string {
  return `${kind}-${index}`
}

export function isSameItem(one: Item | null, other: Item | null): boolean {
  return one === other || (one !== null && other !== null && one.kind === other.kind && one.index === other.index)
}
