import { createStore, type StoreApi } from 'zustand/vanilla'
import type { StudioClient } from '../../../contract/client'
import type { Failure } from '../../../contract/errors'
import type { ImageId } from '../../../contract/ids'
import type { ImageRecord } from '../../../contract/images'
import { failureOf } from '../../client/failure'
import { createChangeLine } from '../../studio/change-line'

export interface GalleryState {
  /** The newest first, as far as it was read. */
  readonly order: readonly ImageId[]
  readonly records: Readonly<Record<string, ImageRecord>>
  /** How many there are in all, read or not. */
  readonly total: number
  readonly isLoaded: boolean
  readonly failure: Failure | null
  readonly search: string
  readonly isStarredOnly: boolean
}

export type GalleryStore = StoreApi<GalleryState>

export interface Gallery {
  readonly store: GalleryStore
  reload(): Promise<void>
  /** Reads on until the list is this long, or at its end. */
  readUntil(length: number): Promise<void>
  filter(change: { search?: string; isStarredOnly?: boolean }): void
  /** Takes in pictures that were just made. */
  take(ids: readonly ImageId[]): Promise<void>
  star(id: ImageId, starred: boolean): Promise<void>
  /** Takes pictures out at once and gives the way to put them back, which may be used before the core has answered. */
  remove(ids: readonly ImageId[]): () => void
}

const pageLength = 200

export function createGallery(client: StudioClient, onError: (doing: string, error: unknown) => void): Gallery {
  const store = createStore<GalleryState>(() => ({
    order: [],
    records: {},
    total: 0,
    isLoaded: false,
    failure: null,
    search: '',
    isStarredOnly: false,
  }))
  let cursor: string | null = null
  let query = 0
  let reading: Promise<void> | null = null
  /** Removed here, though a list that is still on its way may hold them. */
  const removed = new Set<ImageId>()
  const change = createChangeLine(onError)

  async function readPage(first: boolean): Promise<void> {
    const mine = query
    const { search, isStarredOnly } = store.getState()
    const page = await client.images.list({
      search,
      starred: isStarredOnly,
      limit: pageLength,
      ...(cursor === null || first ? {} : { cursor }),
    })
    if (mine !== query) return
    cursor = page.nextCursor
    store.setState((state) => withPage(first ? { ...state, order: [] } : state, page.images, page.total, removed))
  }

  async function readUntil(length: number): Promise<void> {
    while (cursor !== null && store.getState().order.length < length) {
      reading ??= readPage(false).finally(() => {
        reading = null
      })
      try {
        await reading
      } catch (error) {
        store.setState({ failure: failureOf(error) })
        return
      }
    }
  }

  async function reload(): Promise<void> {
    query += 1
    cursor = null
    try {
      await readPage(true)
    } catch (error) {
      store.setState({ failure: failureOf(error), isLoaded: true })
    }
  }

  return {
    store,
    reload,
    readUntil,
    filter(change) {
      store.setState(change)
      void reload()
    },
    async take(ids) {
      const fresh = ids.filter((id) => !(id in store.getState().records) && !removed.has(id))
      const records = await Promise.all(fresh.map((imageId) => client.images.get({ imageId })))
      store.setState((state) => withFresh(state, records, removed))
    },
    async star(id, starred) {
      const show = (value: boolean) =>
        store.setState((state) => {
          const record = state.records[id]
          return record ? { records: { ...state.records, [id]: { ...record, starred: value } } } : state
        })
      show(starred)
      try {
        await client.images.star({ imageId: id, starred })
      } catch (error) {
        show(!starred)
        onError('Starring a picture', error)
      }
    },
    remove(ids) {
      const before = store.getState()
      const places = ids
        .map((id) => ({ id, index: before.order.indexOf(id) }))
        .filter(({ index }) => index >= 0)
        .sort((a, b) => a.index - b.index)
      for (const id of ids) removed.add(id)
      store.setState((state) => withoutIds(state, ids))
      let isBack = false

      function putBack(): void {
        if (isBack) return
        isBack = true
        for (const id of ids) removed.delete(id)
        store.setState((state) => withPlaces(state, places))
      }

      change('Removing pictures', () => client.images.remove({ imageIds: [...ids] }), putBack)
      return () => {
        if (isBack) return
        putBack()
        change(
          'Bringing pictures back',
          () => client.images.restore({ imageIds: [...ids] }),
          () => store.setState((state) => withoutIds(state, ids)),
        )
      }
    },
  }
}

function withPage(
  state: GalleryState,
  images: readonly ImageRecord[],
  total: number,
  removed: ReadonlySet<ImageId>,
): GalleryState {
  const known = new Set(state.order)
  const shown = images.filter(({ id }) => !removed.has(id))
  return {
    ...state,
    order: [...state.order, ...shown.filter(({ id }) => !known.has(id)).map(({ id }) => id)],
    records: { ...state.records, ...Object.fromEntries(shown.map((image) => [image.id, image])) },
    total: Math.max(0, total - (images.length - shown.length)),
    isLoaded: true,
    failure: null,
  }
}

function withFresh(
  state: GalleryState,
  images: readonly ImageRecord[],
  removed: ReadonlySet<ImageId>,
): Partial<GalleryState> {
  const shown = images.filter(({ id, deletedAt }) => !removed.has(id) && deletedAt === null)
  const records = { ...state.records, ...Object.fromEntries(shown.map((image) => [image.id, image])) }
  const words = state.search.trim().toLowerCase()
  const known = new Set(state.order)
  const added = shown
    .filter(({ id }) => !known.has(id))
    .filter((image) => !state.isStarredOnly || image.starred)
    .filter((image) => words === '' || image.settings.prompt.toLowerCase().includes(words))
    .sort((a, b) => b.createdAt - a.createdAt)
    .map(({ id }) => id)
  return { records, order: [...added, ...state.order], total: state.total + added.length }
}

function withoutIds(state: GalleryState, ids: readonly ImageId[]): Partial<GalleryState> {
  const gone = new Set(ids)
  const order = state.order.filter((id) => !gone.has(id))
  return { order, total: Math.max(0, state.total - (state.order.length - order.length)) }
}

function withPlaces(
  state: GalleryState,
  places: readonly { readonly id: ImageId; readonly index: number }[],
): Partial<GalleryState> {
  const order = [...state.order]
  let added = 0
  for (const { id, index } of places) {
    if (order.includes(id)) continue
    order.splice(Math.min(index, order.length), 0, id)
    added += 1
  }
  return { order, total: state.total + added }
}
