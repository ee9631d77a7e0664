import { createStore, type StoreApi } from 'zustand/vanilla'
import type { StudioClient } from '../../../../contract/client'
import type { Failure } from '../../../../contract/errors'
import type { RaceId } from '../../../../contract/ids'
import type { RaceSummary } from '../../../../contract/speculation'

export interface RunsState {
  readonly races: readonly RaceSummary[]
  readonly total: number
  readonly nextCursor: string | null
  readonly search: string
  readonly isLoaded: boolean
  readonly failure: Failure | null
}

/** Saved races, page by page. */
export interface RunsList {
  readonly store: StoreApi<RunsState>
  reload(): Promise<void>
  loadMore(): Promise<void>
  search(words: string): Promise<void>
  /** Takes a race off the list at once; gives the way back. */
  remove(id: RaceId): () => void
}

const pageSize = 100

export function createRunsList(client: StudioClient, onError: (doing: string, error: unknown) => Failure): RunsList {
  const store = createStore<RunsState>(() => ({
    races: [],
    total: 0,
    nextCursor: null,
    search: '',
    isLoaded: false,
    failure: null,
  }))
  let turn = 0
  let isLoading = false
  /** Removing and restoring go out in the order in which they were done. */
  let changes: Promise<void> = Promise.resolve()

  async function load(cursor: string | null): Promise<void> {
    const mine = ++turn
    isLoading = true
    try {
      const { search } = store.getState()
      const page = await client.speculation.list({ search, limit: pageSize, ...(cursor === null ? {} : { cursor }) })
      if (mine !== turn) return
      store.setState((state) => ({
        races: cursor === null ? page.races : [...state.races, ...page.races],
        total: page.total,
        nextCursor: page.nextCursor,
        isLoaded: true,
        failure: null,
      }))
    } catch (error) {
      if (mine === turn) store.setState({ failure: onError('Listing races', error), isLoaded: true })
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
      const before = store.getState()
      const index = before.races.findIndex((race) => race.id === id)
      const removed = before.races[index]
      if (removed === undefined) return () => {}
      store.setState(({ races, total }) => ({ races: races.filter((race) => race.id !== id), total: total - 1 }))
      let isBack = false

      function putBack(): void {
        if (isBack) return
        isBack = true
        store.setState(({ races, total }) => ({
          races: [...races.slice(0, index), removed!, ...races.slice(index)],
          total: total + 1,
        }))
      }

      changes = changes.then(async () => {
        try {
          await client.speculation.remove({ raceIds: [id] })
        } catch (error) {
          putBack()
          onError('Removing a race', error)
        }
      })
      return () => {
        if (isBack) return
        putBack()
        changes = changes.then(async () => {
          try {
            await client.speculation.restore({ raceIds: [id] })
          } catch (error) {
            onError('Bringing a race back', error)
          }
        })
      }
    },
  }
}
