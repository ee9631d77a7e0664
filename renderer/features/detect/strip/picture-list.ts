import { createStore, type StoreApi } from 'zustand/vanilla'
import type { DetectionRun, DetectionSummary } from '../../../../contract/detection'
import type { Failure } from '../../../../contract/errors'
import type { DetectionId, DetectionRunId } from '../../../../contract/ids'
import type { Studio } from '../../../studio/studio'

/** A file that did not even become a picture of the studio. */
export interface RefusedFile {
  readonly name: string
  readonly failure: Failure
}

export interface PictureListState {
  /** The folder run that is walked through; null for single pictures, the newest first. */
  readonly run: DetectionRun | null
  readonly pictures: readonly DetectionSummary[]
  readonly total: number
  readonly nextCursor: string | null
  readonly isLoaded: boolean
  readonly failure: Failure | null
  /** Of the last pictures that were brought in, those that could not be read. */
  readonly refused: readonly RefusedFile[]
}

/** What the strip shows: the pictures of one folder run, or the single ones. */
export interface PictureList {
  readonly store: StoreApi<PictureListState>
  /** Shows another run, or the single pictures. */
  open(runId: DetectionRunId | null): Promise<void>
  /** Asks again for what is in sight, as while a run goes on. */
  refresh(): Promise<void>
  loadMore(): Promise<void>
  /** Takes a picture off at once; gives the way back. */
  remove(id: DetectionId): () => void
}

const pageSize = 100
const mostAtOnce = 500

export const emptyList: PictureListState = {
  run: null,
  pictures: [],
  total: 0,
  nextCursor: null,
  isLoaded: false,
  failure: null,
  refused: [],
}

export function createPictureList(
  { client }: Studio,
  onError: (doing: string, error: unknown) => Failure,
): PictureList {
  const store = createStore<PictureListState>(() => emptyList)
  let runId: DetectionRunId | null = null
  let turn = 0
  let isLoadingMore = false
  /** Removing and restoring go out in the order in which they were done. */
  let changes: Promise<void> = Promise.resolve()

  async function load(limit: number): Promise<void> {
    const mine = ++turn
    try {
      const [run, page] = await Promise.all([
        runId === null ? null : client.detection.getRun({ runId }),
        client.detection.list({ runId, limit }),
      ])
      if (mine !== turn) return
      store.setState({
        run,
        pictures: page.detections,
        total: page.total,
        nextCursor: page.nextCursor,
        isLoaded: true,
        failure: null,
      })
    } catch (error) {
      if (mine === turn) store.setState({ failure: onError('Listing pictures', error), isLoaded: true })
    }
  }

  return {
    store,
    async open(next) {
      if (next !== runId) store.setState(emptyList)
      runId = next
      await load(pageSize)
    },
    async refresh() {
      const { pictures, run } = store.getState()
      if (pictures.length <= mostAtOnce) {
        await load(Math.min(mostAtOnce, Math.max(pageSize, pictures.length + pageSize)))
      } else if (run !== null) {
        // Far down a long run only its figures are asked for; more of it is read as it is scrolled to.
        const mine = turn
        const fresh = await client.detection.getRun({ runId: run.id }).catch(() => null)
        if (mine === turn && fresh !== null) store.setState({ run: fresh })
      }
    },
    async loadMore() {
      const { nextCursor, pictures } = store.getState()
      if (nextCursor === null || isLoadingMore) return
      isLoadingMore = true
      const mine = turn
      try {
        const page = await client.detection.list({ runId, limit: pageSize, cursor: nextCursor })
        if (mine !== turn) return
        const known = new Set(pictures.map(({ id }) => id))
        store.setState({
          pictures: [...pictures, ...page.detections.filter(({ id }) => !known.has(id))],
          total: page.total,
          nextCursor: page.nextCursor,
        })
      } catch (error) {
        if (mine === turn) store.setState({ failure: onError('Listing pictures', error) })
      } finally {
        isLoadingMore = false
      }
    },
    remove(id) {
      const before = store.getState().pictures
      const index = before.findIndex((one) => one.id === id)
      const removed = before[index]
      if (removed === undefined) return () => {}
      store.setState(({ pictures, total }) => ({
        pictures: pictures.filter((one) => one.id !== id),
        total: total - 1,
      }))
      let isBack = false

      function putBack(): void {
        if (isBack) return
        isBack = true
        if (runId !== removed!.runId) return
        store.setState(({ pictures, total }) => ({
          pictures: [...pictures.slice(0, index), removed!, ...pictures.slice(index)],
          total: total + 1,
        }))
      }

      changes = changes.then(async () => {
        try {
          await client.detection.remove({ detectionIds: [id] })
        } catch (error) {
          putBack()
          onError('Removing a picture', error)
        }
      })
      return () => {
        if (isBack) return
        putBack()
        changes = changes.then(async () => {
          try {
            await client.detection.restore({ detectionIds: [id] })
          } catch (error) {
            onError('Bringing a picture back', error)
          }
        })
      }
    },
  }
}
