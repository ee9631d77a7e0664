import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '../../contract/errors'
import { createChangeLine } from './change-line'

export interface PagedListState<Entry> {
  /** As far as they were read. */
  readonly entries: readonly Entry[]
  /** How many there are in all, read or not. */
  readonly total: number
  readonly nextCursor: string | null
  readonly search: string
  readonly isLoaded: boolean
  readonly failure: Failure | null
}

/** What the core keeps, page by page. */
export interface PagedList<Entry extends { readonly id: string }> {
  readonly store: StoreApi<PagedListState<Entry>>
  reload(): Promise<void>
  loadMore(): Promise<void>
  search(words: string): Promise<void>
  /** Takes an entry off the list at once; gives the way back, which may be used before the core has answered. */
  remove(id: Entry['id']): () => void
}

export interface PageQuery {
  readonly search: string
  readonly limit: number
  readonly cursor?: string
}

/** Where the entries of a list are kept, and what is said where a call fails. */
export interface PagedSource<Entry extends { readonly id: string }> {
  readonly list: (query: PageQuery) => Promise<{
    readonly entries: readonly Entry[]
    readonly total: number
    readonly nextCursor: string | null
  }>
  readonly remove: (id: Entry['id']) => Promise<unknown>
  readonly restore: (id: Entry['id']) => Promise<unknown>
  /** Such as "Listing races". */
  readonly doing: { readonly list: string; readonly remove: string; readonly restore: string }
}

const pageSize = 100

/** A list of what the core keeps, empty until it is first loaded. */
export function createPagedList<Entry extends { readonly id: string }>(
  source: PagedSource<Entry>,
  onError: (doing: string, error: unknown) => Failure,
): PagedList<Entry> {
  const store = createStore<PagedListState<Entry>>(() => ({
    entries: [],
    total: 0,
    nextCursor: null,
    search: '',
    isLoaded: false,
    failure: null,
  }))
  const change = createChangeLine(onError)
  /** Removed here, though a page that is still on its way may hold them. */
  const removed = new Set<Entry['id']>()
  let turn = 0
  let isLoading = false

  async function load(cursor: string | null): Promise<void> {
    const mine = ++turn
    isLoading = true
    try {
      const { search } = store.getState()
      const page = await source.list({ search, limit: pageSize, ...(cursor === null ? {} : { cursor }) })
      // Another page was asked for meanwhile.
      if (mine !== turn) return
      const shown = page.entries.filter(({ id }) => !removed.has(id))
      store.setState(({ entries }) => ({
        entries: cursor === null ? shown : [...entries, ...shown],
        total: page.total - (page.entries.length - shown.length),
        nextCursor: page.nextCursor,
        isLoaded: true,
        failure: null,
      }))
    } catch (error) {
      if (mine === turn) store.setState({ failure: onError(source.doing.list, error), isLoaded: true })
    } finally {
      if (mine === turn) isLoading = false
    }
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
      return load(null)
    },
    remove(id) {
      const place = store.getState().entries.findIndex((entry) => entry.id === id)
      const entry = store.getState().entries[place]
      if (entry === undefined) return () => {}
      removed.add(id)
      store.setState(({ entries, total }) => ({ entries: entries.filter((one) => one.id !== id), total: total - 1 }))
      let isBack = false

      function putBack(): void {
        if (isBack) return
        isBack = true
        removed.delete(id)
        store.setState(({ entries, total }) =>
          // A page that was read since may hold it.
          entries.some((one) => one.id === id)
            ? {}
            : { entries: entries.toSpliced(place, 0, entry!), total: total + 1 },
        )
      }

      change(source.doing.remove, () => source.remove(id), putBack)
      return () => {
        if (isBack) return
        putBack()
        change(source.doing.restore, () => source.restore(id))
      }
    },
  }
}
