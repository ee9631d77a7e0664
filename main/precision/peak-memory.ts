import { readFileSync, writeFileSync } from 'node:fs'
import type { ColumnResult } from '../../contract/precision-results'

/** The most memory of this process since a moment: Linux keeps a high-water mark that can be set back; elsewhere it is sampled. */
export class PeakMemory {
  readonly #isExact: boolean
  #sampled = 0

  constructor() {
    this.#isExact = resetHighWater()
    this.sample()
  }

  /** Looks at the memory now; to be called after each run. */
  sample(): void {
    this.#sampled = Math.max(this.#sampled, process.memoryUsage.rss())
  }

  read(): ColumnResult['peakMemory'] {
    this.sample()
    const mark = this.#isExact ? highWater() : null
    return mark === null ? { bytes: this.#sampled, method: 'sampled' } : { bytes: mark, method: 'high-water mark' }
  }
}

/** Sets VmHWM back to the present (man 5 proc, clear_refs). */
function resetHighWater(): boolean {
  if (process.platform !== 'linux') return false
  try {
    writeFileSync('/proc/self/clear_refs', '5')
    return true
  } catch {
    // Containers may forbid it.
    return false
  }
}

function highWater(): number | null {
  const found = /^VmHWM:\s+(\d+) kB/mu.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return found === undefined ? null : Number(found) * 1024
}
