import { freemem } from 'node:os'

/** Bytes that a process may still take. A container's limit counts where Node can tell it (20.13 and newer). */
export function freeMemory(): number {
  const { availableMemory } = process as { availableMemory?: () => number }
  return availableMemory?.() ?? freemem()
}
