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
  /** All of them in their order; one that was not read yet is undefined. */
  readonly pictures: readonly (DetectionSummary | undefined)[]
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
  /** Asks again for what is in sight, as while a run goes on; the rest when it comes into sight. */
  refresh(): Promise<void>
  /** Says which places are in sight, and reads those that are not known. False where there was nothing to ask, or it is on its way. */
  reach(first: number, last: number): Promise<boolean>
  /** Takes a picture off at once; gives the way back. */
  remove(id: DetectionId): () => void
}

const pageSize = 100

export const emptyList: PictureListState = {
  run: null,
  pictures: [],
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
  let inSight = { first: 0, last: 0 }
  /** Pages that were asked for since the list last changed. */
  let asked = new Set<number>()
  /** Removing and restoring go out in the order in which they were done. */
  let changes: Promise<void> = Promise.resolve()

  function pagesInSight(): number[] {
    const first = Math.floor(inSight.first / pageSize)
    const last = Math.floor(inSight.last / pageSize)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  }

  /** Reads pages into their places, and the run's figures where they may have changed. */
  async function read(pages: readonly number[], withRun: boolean): Promise<void> {
    const mine = turn
    for (const page of pages) asked.add(page)
    try {
      // What was taken off is off for the core, too, before it is asked.
      await changes
      const [run, ...answers] = await Promise.all([
        withRun && runId !== null ? client.detection.getRun({ runId }) : null,
        ...pages.map((page) => client.detection.list({ runId, limit: pageSize, offset: page * pageSize })),
      ])
      if (mine !== turn) return
      store.setState((old) => {
        const pictures = Array.from({ length: answers.at(-1)?.total ?? 0 }, (_, place) => old.pictures[place])
        answers.forEach(({ detections }, index) => {
          const start = pages[index]! * pageSize
          detections.forEach((picture, place) => (pictures[start + place] = picture))
        })
        return { run: withRun ? run : old.run, pictures, isLoaded: true, failure: null }
      })
    } catch (error) {
      if (mine !== turn) return
      for (const page of pages) asked.delete(page)
      store.setState({ failure: onError('Listing pictures', error), isLoaded: true })
    }
  }

  /** Answers on their way are of another list than the one that is shown now. */
  function forgetAnswers(): void {
    turn += 1
    asked = new Set()
  }

  async function refresh(): Promise<void> {
    forgetAnswers()
    await read(pagesInSight(), true)
  }

  return {
    store,
    async open(next) {
      if (next !== runId) {
        store.setState(emptyList)
        inSight = { first: 0, last: 0 }
      }
      runId = next
      await refresh()
    },
    refresh,
    async reach(first, last) {
      inSight = { first, last }
      const { pictures } = store.getState()
      const missing = pagesInSight().filter((page) => page * pageSize < pictures.length && !asked.has(page))
      if (missing.length > 0) await read(missing, false)
      return missing.length > 0
    },
    remove(id) {
      const before = store.getState().pictures
      const index = before.findIndex((one) => one?.id === id)
      const removed = before[index]
      if (removed === undefined) return () => {}
      store.setState(({ pictures }) => ({ pictures: pictures.filter((one) => one?.id !== id) }))
      forgetAnswers()
      let isBack = false

      function putBack(): void {
        if (isBack) return
        isBack = true
        if (runId !== removed!.runId) return
        store.setState(({ pictures }) => ({
          pictures: [...pictures.slice(0, index), removed, ...pictures.slice(index)],
        }))
        forgetAnswers()
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
