import { evenRuns } from './even-runs'
import { openValues, type ValueReader, type ValueSource } from './weight-values'

/** Weights above this many bytes are compared at some places: enough to tell another training from the same one. */
const mostExact = 1 << 20
const sampled = { runs: 16, length: 1 << 14 } as const

/** Whether two weights of one type and shape hold the same bytes, as far as they are compared; null where they cannot be read. */
export function sameValues(before: ValueSource, after: ValueSource): boolean | null {
  const readers: ValueReader[] = []
  try {
    const one = openValues(before)
    readers.push(one)
    const other = openValues(after)
    readers.push(other)
    return evenRuns(Math.min(before.bytes, after.bytes), mostExact, sampled).every(({ start, length }) =>
      Buffer.from(one.readBytes(start, length)).equals(other.readBytes(start, length)),
    )
  } catch {
    // What is missing or cut off is told where the file is opened; here it is only not known.
    return null
  } finally {
    for (const reader of readers) reader.close()
  }
}
