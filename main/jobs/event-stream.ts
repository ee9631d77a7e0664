import type { JobEvent } from '../../contract/jobs'

/** Events that only matter until the next one of their kind: a slow reader gets the newest alone. */
function supersedes(event: JobEvent, earlier: JobEvent): boolean {
  if (event.type === 'progress') return earlier.type === 'progress' && earlier.jobId === event.jobId
  if (event.type === 'job') {
    return (
      (earlier.type === 'job' && earlier.job.id === event.job.id) ||
      (earlier.type === 'progress' && earlier.jobId === event.job.id)
    )
  }
  return event.type === 'queue' && earlier.type === 'queue'
}

/** One reader's view of the events: unread ones wait here, and superseded ones are dropped. */
class Subscription {
  readonly #waiting: JobEvent[] = []
  #wake: (() => void) | null = null

  push(event: JobEvent): void {
    const index = this.#waiting.findIndex((earlier) => supersedes(event, earlier))
    if (index >= 0) this.#waiting.splice(index, 1)
    this.#waiting.push(event)
    this.#wake?.()
  }

  async *read(signal: AbortSignal | undefined): AsyncGenerator<JobEvent, void, void> {
    const stop = (): void => this.#wake?.()
    signal?.addEventListener('abort', stop)
    try {
      while (signal?.aborted !== true) {
        const event = this.#waiting.shift()
        if (event !== undefined) {
          yield event
          continue
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        this.#wake = null
      }
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }
}

/** Hands every event to every reader. */
export class JobEventStream {
  readonly #subscriptions = new Set<Subscription>()

  publish(event: JobEvent): void {
    for (const subscription of this.#subscriptions) subscription.push(event)
  }

  /** Yields `first()` and then each event that is published, until the reader stops or the signal aborts. */
  async *subscribe(first: () => JobEvent, signal?: AbortSignal): AsyncGenerator<JobEvent, void, void> {
    const subscription = new Subscription()
    this.#subscriptions.add(subscription)
    try {
      // The snapshot is taken after subscribing and without a pause between, so that nothing falls in a gap.
      subscription.push(first())
      yield* subscription.read(signal)
    } finally {
      this.#subscriptions.delete(subscription)
    }
  }
}
