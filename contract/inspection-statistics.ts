import type { Inspection } from './inspection'
import type { Profile } from './inspection-measures'

/**
 * Milliseconds of each scope: the medians of its nodes and of the scopes in it, added up. Null for a scope of which nothing
 * was measured.
 */
export function scopeTimes(
  { nodes, scopes }: Pick<Inspection, 'nodes' | 'scopes'>,
  profile: Profile,
): (number | null)[] {
  const times: (number | null)[] = scopes.map(() => null)
  for (const { node, median } of profile.nodes) {
    const scope = nodes[node]?.scope
    if (scope !== undefined) times[scope] = (times[scope] ?? 0) + median
  }
  for (let scope = scopes.length - 1; scope > 0; scope -= 1) {
    const time = times[scope] ?? null
    const parent = scopes[scope]?.parent ?? null
    if (time !== null && parent !== null) times[parent] = (times[parent] ?? 0) + time
  }
  return times
}

/** Multiply-adds a byte above which a kernel can reach the machine's peak; below, memory is what it waits for. */
export function ridgePoint({
  macsPerSecond,
  bytesPerSecond,
}: {
  macsPerSecond: number
  bytesPerSecond: number
}): number {
  return macsPerSecond / bytesPerSecond
}

/** The most multiply-adds a second that a kernel of this intensity can do on this machine. */
export function attainable(
  intensity: number,
  machine: { readonly macsPerSecond: number; readonly bytesPerSecond: number },
): number {
  return Math.min(machine.macsPerSecond, intensity * machine.bytesPerSecond)
}
