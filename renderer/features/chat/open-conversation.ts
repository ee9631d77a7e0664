import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ConversationDetail } from '../../../contract/chat'
import { applyChatEvent } from '../../../contract/chat-apply'
import type { ChatEvent, PhaseEvent } from '../../../contract/chat-events'
import type { StudioClient } from '../../../contract/client'
import type { Failure } from '../../../contract/errors'
import type { ConversationId } from '../../../contract/ids'
import { isLostConnection } from '../../client/failure'
import { onNextFrame } from '../../studio/next-frame'

export interface OpenState {
  /** Null where a new conversation is begun. */
  readonly conversationId: ConversationId | null
  readonly detail: ConversationDetail | null
  /** What each answer in the making is busy with, by message. */
  readonly phases: Readonly<Record<string, PhaseEvent>>
  readonly failure: Failure | null
}

/** The conversation on the page, kept up to date for as long as it is open. */
export interface OpenConversation {
  readonly store: StoreApi<OpenState>
  /** Leaves the one that is open and follows another; null is the empty page of a new one. */
  open(conversationId: ConversationId | null): void
  /** Follows the same one anew, after the connection was lost. */
  restart(): void
}

export function createOpenConversation(
  client: StudioClient,
  onError: (doing: string, error: unknown) => Failure,
): OpenConversation {
  const store = createStore<OpenState>(() => ({ conversationId: null, detail: null, phases: {}, failure: null }))
  let abort: AbortController | null = null

  async function follow(conversationId: ConversationId, signal: AbortSignal): Promise<void> {
    let buffer: ChatEvent[] = []
    let isScheduled = false
    function flush(): void {
      isScheduled = false
      const events = buffer
      buffer = []
      if (!signal.aborted) store.setState(applyChatEvents(store.getState(), events))
    }
    try {
      for await (const event of await client.chat.follow({ conversationId }, { signal })) {
        if (signal.aborted) return
        buffer.push(event)
        if (isScheduled) continue
        isScheduled = true
        onNextFrame(flush)
      }
    } catch (error) {
      if (signal.aborted || isLostConnection(error)) return
      store.setState({ failure: onError('Opening a conversation', error) })
    }
  }

  function start(conversationId: ConversationId | null): void {
    abort?.abort()
    abort = new AbortController()
    if (conversationId !== null) void follow(conversationId, abort.signal)
  }

  return {
    store,
    open(conversationId) {
      if (conversationId !== null && conversationId === store.getState().conversationId) return
      store.setState({ conversationId, detail: null, phases: {}, failure: null })
      start(conversationId)
    },
    restart() {
      store.setState({ failure: null })
      start(store.getState().conversationId)
    },
  }
}

/** The state after some events: neighbouring pieces of one text become one, so that a fast stream costs one change a frame. */
export function applyChatEvents(state: OpenState, events: readonly ChatEvent[]): OpenState {
  let { detail, phases } = state
  for (const event of joinPieces(events)) {
    detail = applyChatEvent(detail, event)
    if (event.type === 'snapshot') phases = {}
    if (event.type === 'phase') phases = { ...phases, [event.messageId]: event }
    if (event.type === 'message' && event.message.id in phases && isOver(event.message)) {
      phases = Object.fromEntries(Object.entries(phases).filter(([id]) => id !== event.message.id))
    }
  }
  return { ...state, detail, phases }
}

function isOver(message: ConversationDetail['messages'][number]): boolean {
  return message.role === 'user' || (message.status !== 'waiting' && message.status !== 'running')
}

function joinPieces(events: readonly ChatEvent[]): readonly ChatEvent[] {
  const joined: ChatEvent[] = []
  for (const event of events) {
    const last = joined.at(-1)
    const goesOn =
      event.type === 'piece' && last?.type === 'piece' && last.messageId === event.messageId && last.part === event.part
    if (goesOn) joined[joined.length - 1] = { ...event, text: last.text + event.text }
    else joined.push(event)
  }
  return joined
}
