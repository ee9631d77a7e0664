import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'

/** Cores as Linux groups their hardware threads; null where it does not say. */
function coresOfLinux(): number | null {
  const groups = new Set<string>()
  try {
    for (let index = 0; index < cpus().length; index++) {
      groups.add(readFileSync(`/sys/devices/system/cpu/cpu${index}/topology/thread_siblings_list`, 'utf8').trim())
    }
  } catch {
    // Containers may hide the topology.
    return null
  }
  return groups.size
}

/**
 * How many threads a graph gets on the CPU where the setting leaves it open: one a physical core, since two hardware
 * threads of one core share the arithmetic units that a matrix product keeps busy.
 */
export function defaultThreads(): number {
  const available = availableParallelism()
  if (process.platform === 'linux') return Math.min(coresOfLinux() ?? available, available)
  return process.arch === 'x64' ? Math.max(1, Math.ceil(available / 2)) : available
}
