/** Gives what is pushed to everyone who reads, from the moment of reading on. */
export interface Feed<Value> {
  push(value: Value): void
  read(signal?: AbortSignal): AsyncGenerator<Value>
}

export function createFeed<Value>(): Feed<Value> {
  const readers = new Set<(value: Value) => void>()
  return {
    push(value) {
      for (const reader of readers) reader(value)
    },
    read(signal) {
      const waiting: Value[] = []
      let wake: () => void = () => {}
      const reader = (value: Value): void => {
        waiting.push(value)
        wake()
      }
      readers.add(reader)
      signal?.addEventListener('abort', () => wake())
      return (async function* () {
        try {
          while (signal?.aborted !== true) {
            const value = waiting.shift()
            if (value !== undefined) yield value
            else await new Promise<void>((resolve) => (wake = resolve))
          }
        } finally {
          readers.delete(reader)
        }
      })()
    },
  }
}
