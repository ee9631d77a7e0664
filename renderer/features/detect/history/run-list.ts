import { createStore, type StoreApi } from 'zustand/vanilla'
import type { StudioClient } from '../../../../contract/client'
import type { DetectionRun } from '../../../../contract/detection'
import type { Failure } from '../../../../contract/errors'
import type { DetectionRunId } from '../../../../contract/ids'

export interface RunListState {
  readonly runs: readonly DetectionRun[]
  readonly total: number
  readonly nextCursor: string | null
  readonly isLoaded: boolean
  readonly failure: Failure | null
}

/** Folder runs, the newest first. */
export interface RunList {
  readonly store: StoreApi<RunListState>
  reload(): Promise<void>
  loadMore(): Promise<void>
  /** Takes a run off at once; gives the way back. */
  remove(id: DetectionRunId): () => void
}

const pageSize = 100

export function createRunList(client: StudioClient, onError: (doing: string, error: unknown) => Failure): RunList {
  const store = createStore<RunListState>(() => ({
    runs: [],
    total: 0,
    nextCursor: null,
    isLoaded: false,
    failure: null,
  }))
  let turn = 0
  let changes: Promise<void> = Promise.resolve()

  async function load(cursor: string | null): Promise<void> {
    const mine = ++turn
    try {
      const page = await client.detection.runs({ limit: pageSize, ...(cursor === null ? {} : { cursor }) })
      if (mine !== turn) return
      store.setState(({ runs }) => ({
        runs: cursor === null ? page.runs : [...runs, ...page.runs],
        total: page.total,
        nextCursor: page.nextCursor,
        isLoaded: true,
        failure: null,
      }))
    } catch (error) {
      if (mine === turn) store.setState({ failure: onError('Listing folder runs', error), isLoaded: true })
    }
  }

  function change(doing: string, call: () => Promise<unknown>, onFailed: () => void = () => {}): void {
    changes = changes.then(async () => {
      try {
        await call()
      } catch (error) {
        onFailed()
        onError(doing, error)
      }
    })
  }

  return {
    store,
    reload: () => load(null),
    async loadMore() {
      const { nextCursor } = store.getState()
      if (nextCursor !== null) await load(nextCursor)
    },
    remove(id) {
      const index = store.getState().runs.findIndex((run) => run.id === id)
      const removed = store.getState().runs[index]
      if (removed === undefined) return () => {}
      store.setState(({ runs, total }) => ({ runs: runs.filter((run) => run.id !== id), total: total - 1 }))
      let isBack = false
      function putBack(): void {
        if (isBack) return
        isBack = true
        store.setState(({ runs, total }) => ({
          runs: [...runs.slice(0, index), removed!, ...runs.slice(index)],
          total: total + 1,
        }))
      }
      change('Removing a folder run', () => client.detection.removeRuns({ runIds: [id] }), putBack)
      return () => {
        if (isBack) return
        putBack()
        change('Bringing a folder run back', () => client.detection.restoreRuns({ runIds: [id] }))
      }
    },
  }
}
