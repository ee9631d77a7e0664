import type { ChatEvent, ConversationEvent } from '../../contract/chat-events'
import type { ConversationId } from '../../contract/ids'

/** One reader's events that it has not read yet. */
class Reader<Event> {
  readonly #waiting: Event[] = []
  #wake: (() => void) | null = null

  push(event: Event): void {
    this.#waiting.push(event)
    this.#wake?.()
  }

  async *read(signal: AbortSignal | undefined): AsyncGenerator<Event, void, void> {
    const stop = (): void => this.#wake?.()
    signal?.addEventListener('abort', stop)
    try {
      while (signal?.aborted !== true) {
        const event = this.#waiting.shift()
        if (event !== undefined) yield event
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
          this.#wake = null
        }
      }
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }
}

/** Hands what changes in conversations to whoever has one open, and what changes in the list to whoever shows it. */
export class ChatStreams {
  readonly #conversations = new Map<ConversationId, Set<Reader<ChatEvent>>>()
  readonly #lists = new Set<Reader<ConversationEvent>>()

  publish(conversationId: ConversationId, event: ChatEvent): void {
    for (const reader of this.#conversations.get(conversationId) ?? []) reader.push(event)
  }

  publishList(event: ConversationEvent): void {
    for (const reader of this.#lists) reader.push(event)
  }

  /** Yields `first()` and then each event about the conversation, until the reader stops or the signal aborts. */
  async *follow(
    conversationId: ConversationId,
    first: () => ChatEvent,
    signal?: AbortSignal,
  ): AsyncGenerator<ChatEvent, void, void> {
    const reader = new Reader<ChatEvent>()
    const readers = this.#conversations.get(conversationId) ?? new Set()
    this.#conversations.set(conversationId, readers)
    readers.add(reader)
    try {
      // The snapshot is taken after subscribing and without a pause between, so that nothing falls in a gap.
      reader.push(first())
      yield* reader.read(signal)
    } finally {
      readers.delete(reader)
      if (readers.size === 0) this.#conversations.delete(conversationId)
    }
  }

  async *watch(signal?: AbortSignal): AsyncGenerator<ConversationEvent, void, void> {
    const reader = new Reader<ConversationEvent>()
    this.#lists.add(reader)
    try {
      yield* reader.read(signal)
    } finally {
      this.#lists.delete(reader)
    }
  }
}
