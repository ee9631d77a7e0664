/** A node as far as its order goes: what it reads, those of its bodies included, and what it writes. */
export interface OrderedNode {
  readonly reads: readonly string[]
  readonly writes: readonly string[]
}

/**
 * An order in which every node comes after those that it reads from; the given one where it is such an order already.
 * @returns indices in order, and those in a circle, which follow at the end
 */
export function orderNodes(nodes: readonly OrderedNode[]): { order: number[]; cyclic: number[] } {
  const producer = new Map<string, number>()
  nodes.forEach(({ writes }, index) => {
    for (const name of writes) if (name !== '' && !producer.has(name)) producer.set(name, index)
  })
  const readers: number[][] = nodes.map(() => [])
  const waiting = new Int32Array(nodes.length)
  let isOrdered = true
  nodes.forEach(({ reads }, index) => {
    const before = new Set(reads.flatMap((name) => producer.get(name) ?? []))
    for (const other of before) {
      readers[other]!.push(index)
      waiting[index]! += 1
      if (other >= index) isOrdered = false
    }
  })
  if (isOrdered) return { order: nodes.map((_, index) => index), cyclic: [] }
  const order: number[] = []
  nodes.forEach((_, index) => {
    if (waiting[index] === 0) order.push(index)
  })
  for (let at = 0; at < order.length; at += 1) {
    for (const reader of readers[order[at]!]!) {
      waiting[reader]! -= 1
      if (waiting[reader] === 0) order.push(reader)
    }
  }
  const reached = new Set(order)
  return { order, cyclic: nodes.flatMap((_, index) => (reached.has(index) ? [] : [index])) }
}
