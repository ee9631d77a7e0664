// What a turn tells, on its way out of the worker. Each message wakes the other side, which reads, writes and passes it on while the
// graphs need the processor: where tokens and steps come faster than an eye follows, some go together.

import type { ChatTurnEvent } from './turn'

type TextEvent = Extract<ChatTurnEvent, { type: 'text' }>
type StepEvent = Extract<ChatTurnEvent, { type: 'step' }>

/** Least milliseconds between two messages of the kinds that can wait. */
const gap = 30

/** Sends events in order; text is joined with text, and a step gives way to the next one. */
export class EventOutbox {
  readonly #send: (event: ChatTurnEvent) => void
  readonly #now: () => number
  #held: TextEvent | StepEvent | null = null
  #sentAt = Number.NEGATIVE_INFINITY

  constructor(send: (event: ChatTurnEvent) => void, now = (): number => performance.now()) {
    this.#send = send
    this.#now = now
  }

  put(event: ChatTurnEvent): void {
    const joined = this.#held === null ? null : join(this.#held, event)
    if (joined === null) this.flush()
    const latest = joined ?? event
    // A slow token or step goes out at once: only what follows another closely is held, until the next.
    if (!canWait(latest) || this.#now() - this.#sentAt >= gap) {
      this.#held = null
      this.#dispatch(latest)
    } else this.#held = latest
  }

  /** Sends what is held. */
  flush(): void {
    const held = this.#held
    this.#held = null
    if (held !== null) this.#dispatch(held)
  }

  #dispatch(event: ChatTurnEvent): void {
    this.#sentAt = this.#now()
    this.#send(event)
  }
}

/** A preview was made to be seen, and the last step says that all are done. */
function canWait(event: ChatTurnEvent): event is TextEvent | StepEvent {
  return event.type === 'text' || (event.type === 'step' && event.preview === null && event.step < event.steps)
}

/** One event for both; null where each must be sent. */
function join(held: TextEvent | StepEvent, next: ChatTurnEvent): TextEvent | StepEvent | null {
  if (held.type === 'step') return next.type === 'step' ? next : null
  if (next.type !== 'text' || next.part !== held.part) return null
  return { ...next, text: held.text + next.text }
}
