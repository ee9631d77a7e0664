/** The order of all lists of tokens: the highest value first, of equal ones the lowest id. */
function comesBefore(value: number, id: number, otherValue: number, otherId: number): boolean {
  return value > otherValue || (value === otherValue && id < otherId)
}

/** The `count` indices with the highest values, highest first, of equal ones the lowest; all where there are fewer. */
export function topIndices(values: ArrayLike<number>, count: number): Int32Array {
  const size = Math.min(count, values.length)
  const heap = new Int32Array(size)
  // A heap whose top is the last in order of those kept: most values are refused by one comparison with its value.
  const isLater = (one: number, other: number): boolean => comesBefore(values[other]!, other, values[one]!, one)
  const sink = (from: number, end: number): void => {
    let at = from
    for (;;) {
      let latest = at
      for (let child = 2 * at + 1; child <= 2 * at + 2 && child < end; child++) {
        if (isLater(heap[child]!, heap[latest]!)) latest = child
      }
      if (latest === at) return
      const moved = heap[at]!
      heap[at] = heap[latest]!
      heap[latest] = moved
      at = latest
    }
  }
  for (let i = 0; i < size; i++) heap[i] = i
  for (let i = (size >> 1) - 1; i >= 0; i--) sink(i, size)
  let least = size === 0 ? Number.POSITIVE_INFINITY : values[heap[0]!]!
  for (let i = size; i < values.length; i++) {
    // Of equal values the one met first stays: it has the lower id.
    if (!(values[i]! > least)) continue
    heap[0] = i
    sink(0, size)
    least = values[heap[0]]!
  }
  for (let end = size - 1; end > 0; end--) {
    const last = heap[0]!
    heap[0] = heap[end]!
    heap[end] = last
    sink(0, end)
  }
  return heap
}
