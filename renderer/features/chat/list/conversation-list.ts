import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ConversationSummary } from '../../../../contract/chat'
import type { ConversationEvent } from '../../../../contract/chat-events'
import type { StudioClient } from '../../../../contract/client'
import type { Failure } from '../../../../contract/errors'
import type { ConversationId } from '../../../../contract/ids'
import { isLostConnection } from '../../../client/failure'
import { createChangeLine } from '../../../studio/change-line'

export interface ListState {
  /** The last said in first, in both. */
  readonly pinned: readonly ConversationSummary[]
  readonly others: readonly ConversationSummary[]
  /** How many there are besides the pinned ones, read or not. */
  readonly total: number
  readonly nextCursor: string | null
  readonly search: string
  /** One folder; null for those in none; undefined for all. */
  readonly folder: string | null | undefined
  readonly folders: readonly { readonly name: string; readonly conversations: number }[]
  readonly isLoaded: boolean
  readonly failure: Failure | null
}

/** Conversations, page by page, kept up to date. */
export interface ConversationList {
  readonly store: StoreApi<ListState>
  reload(): Promise<void>
  loadMore(): Promise<void>
  search(words: string): void
  showFolder(folder: string | null | undefined): void
  /** Takes conversations off the list at once; gives the way back. */
  remove(ids: readonly ConversationId[]): () => void
  /** Follows each change until the signal says otherwise. */
  watch(signal: AbortSignal): Promise<void>
}

const pageSize = 200
const settleMilliseconds = 180

export function createConversationList(
  client: StudioClient,
  onError: (doing: string, error: unknown) => Failure,
): ConversationList {
  const store = createStore<ListState>(() => ({
    pinned: [],
    others: [],
    total: 0,
    nextCursor: null,
    search: '',
    folder: undefined,
    folders: [],
    isLoaded: false,
    failure: null,
  }))
  let turn = 0
  let isLoading = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const removed = new Set<ConversationId>()
  const change = createChangeLine(onError)

  async function load(cursor: string | null): Promise<void> {
    const mine = ++turn
    isLoading = true
    const { search, folder } = store.getState()
    const filter = { search, ...(folder === undefined ? {} : { folder }) }
    try {
      const [page, pinned, folders] = await Promise.all([
        client.chat.list({ ...filter, pinned: false, limit: pageSize, ...(cursor === null ? {} : { cursor }) }),
        cursor === null ? client.chat.list({ ...filter, pinned: true, limit: 500 }) : null,
        cursor === null ? client.chat.folders() : null,
      ])
      if (mine !== turn) return
      const shown = page.conversations.filter(({ id }) => !removed.has(id))
      store.setState((state) => ({
        others: cursor === null ? shown : [...state.others, ...shown],
        total: page.total - (page.conversations.length - shown.length),
        nextCursor: page.nextCursor,
        ...(pinned === null ? {} : { pinned: pinned.conversations.filter(({ id }) => !removed.has(id)) }),
        ...(folders === null ? {} : { folders }),
        isLoaded: true,
        failure: null,
      }))
    } catch (error) {
      if (mine === turn) store.setState({ failure: onError('Listing conversations', error), isLoaded: true })
    } finally {
      if (mine === turn) isLoading = false
    }
  }

  function reloadSoon(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void load(null), settleMilliseconds)
  }

  function take(event: ConversationEvent): void {
    if (event.type === 'removed') {
      store.setState((state) => without(state, [event.conversationId]))
      reloadSoon()
      return
    }
    if (removed.has(event.conversation.id)) return
    const next = withChange(store.getState(), event.conversation)
    // Whether words are in it, and which folders there are, only the core can tell.
    if (next === null) reloadSoon()
    else store.setState(next)
  }

  return {
    store,
    reload: () => load(null),
    async loadMore() {
      const { nextCursor } = store.getState()
      if (nextCursor !== null && !isLoading) await load(nextCursor)
    },
    search(words) {
      store.setState({ search: words })
      reloadSoon()
    },
    showFolder(folder) {
      store.setState({ folder })
      void load(null)
    },
    remove(ids) {
      const before = store.getState()
      for (const id of ids) removed.add(id)
      store.setState((state) => without(state, ids))
      const putBack = (): void => {
        for (const id of ids) removed.delete(id)
        const lost = [...before.pinned, ...before.others].filter(({ id }) => ids.includes(id))
        store.setState((state) => lost.reduce((all, one) => ({ ...all, ...(withChange(all, one) ?? {}) }), state))
      }
      change('Removing conversations', () => client.chat.remove({ conversationIds: [...ids] }), putBack)
      let isBack = false
      return () => {
        if (isBack) return
        isBack = true
        putBack()
        change(
          'Bringing conversations back',
          () => client.chat.restore({ conversationIds: [...ids] }),
          () => void load(null),
        )
      }
    },
    async watch(signal) {
      try {
        for await (const event of await client.chat.watch(undefined, { signal })) {
          if (signal.aborted) return
          take(event)
        }
      } catch (error) {
        if (!signal.aborted && !isLostConnection(error)) onError('Following the conversations', error)
      }
    },
  }
}

function without(state: ListState, ids: readonly ConversationId[]): ListState {
  const gone = new Set(ids)
  const pinned = state.pinned.filter(({ id }) => !gone.has(id))
  const others = state.others.filter(({ id }) => !gone.has(id))
  return { ...state, pinned, others, total: Math.max(0, state.total - (state.others.length - others.length)) }
}

/** The list with one conversation as it is now; null where only the core can tell where it belongs. */
export function withChange(state: ListState, conversation: ConversationSummary): ListState | null {
  const known = [...state.pinned, ...state.others].find(({ id }) => id === conversation.id)
  if (conversation.temporary || conversation.deletedAt !== null) return without(state, [conversation.id])
  const isSameFolder = known !== undefined && known.folder === conversation.folder
  if (!isSameFolder && (conversation.folder !== null || known !== undefined)) return null
  if (state.search !== '') {
    if (known === undefined) return null
    const keep = (one: ConversationSummary): ConversationSummary =>
      one.id === conversation.id ? { ...conversation, snippet: one.snippet } : one
    return { ...state, pinned: state.pinned.map(keep), others: state.others.map(keep) }
  }
  if (known === undefined && state.folder !== undefined && state.folder !== conversation.folder) return state
  const rest = without(state, [conversation.id])
  const wasOther = rest.others.length < state.others.length
  if (conversation.pinned) return { ...rest, pinned: insert(rest.pinned, conversation) }
  const last = rest.others.at(-1)
  const isBeyond = state.nextCursor !== null && last !== undefined && conversation.updatedAt < last.updatedAt
  // One that was said in long ago, and was not read yet, is counted already.
  const isCounted = known === undefined && state.nextCursor !== null && conversation.createdAt < (last?.updatedAt ?? 0)
  const total = rest.total + (isCounted ? 0 : 1)
  if (isBeyond && !wasOther) return { ...rest, total }
  return { ...rest, others: insert(rest.others, conversation), total }
}

function insert(list: readonly ConversationSummary[], one: ConversationSummary): readonly ConversationSummary[] {
  const place = list.findIndex(({ updatedAt }) => updatedAt <= one.updatedAt)
  return place < 0 ? [...list, one] : [...list.slice(0, place), one, ...list.slice(place)]
}
