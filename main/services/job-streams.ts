import type { JobId } from '../../contract/ids'

/** Jobs that are running, with everything that was said of them so far: who comes late misses nothing. */
export class JobStreams<Event> {
  readonly #streams = new Map<JobId, { events: Event[]; wake: Set<() => void> }>()

  open(jobId: JobId): void {
    this.#streams.set(jobId, { events: [], wake: new Set() })
  }

  publish(jobId: JobId, event: Event): void {
    const stream = this.#streams.get(jobId)
    if (stream === undefined) return
    stream.events.push(event)
    for (const wake of stream.wake) wake()
  }

  /** Nothing more will come; readers get what is left and end. */
  close(jobId: JobId): void {
    const stream = this.#streams.get(jobId)
    this.#streams.delete(jobId)
    for (const wake of stream?.wake ?? []) wake()
  }

  /** All events from the first one on, until the job is over or the signal aborts. Null where no such job is running. */
  follow(jobId: JobId, signal?: AbortSignal): AsyncGenerator<Event, void, void> | null {
    const stream = this.#streams.get(jobId)
    return stream === undefined ? null : this.#read(jobId, stream, signal)
  }

  async *#read(
    jobId: JobId,
    { events, wake: readers }: { events: Event[]; wake: Set<() => void> },
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Event, void, void> {
    let wake = (): void => undefined
    const wakeMe = (): void => wake()
    readers.add(wakeMe)
    signal?.addEventListener('abort', wakeMe)
    try {
      for (let next = 0; signal?.aborted !== true;) {
        const event = events[next]
        if (event !== undefined) {
          next += 1
          yield event
        } else if (this.#streams.get(jobId)?.events !== events) {
          return
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    } finally {
      readers.delete(wakeMe)
      signal?.removeEventListener('abort', wakeMe)
    }
  }
}
