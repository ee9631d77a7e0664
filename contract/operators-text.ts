import type { Inspection } from './inspection'

/** Operators of some nodes with how many there are of each, the most frequent first: `4 Unsqueeze, 2 Reshape`. */
export function operatorsText({ nodes }: Inspection, indices: readonly number[]): string {
  const counts = new Map<string, number>()
  for (const index of indices) {
    const op = nodes[index]?.op ?? ''
    counts.set(op, (counts.get(op) ?? 0) + 1)
  }
  const sorted = [...counts].sort(([one, a], [other, b]) => b - a || one.localeCompare(other))
  return sorted.map(([op, count]) => `${count} ${op}`).join(', ')
}
