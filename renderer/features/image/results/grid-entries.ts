import type { ImageId, JobId } from '../../../../contract/ids'
import type { JobOf } from '../../../../contract/jobs'

/** A tile of the results: a picture, the one being drawn, one that is still to come, or one not read yet. */
export type Entry =
  | { readonly kind: 'image'; readonly id: ImageId }
  | { readonly kind: 'running'; readonly jobId: JobId; readonly item: number }
  | { readonly kind: 'waiting'; readonly jobId: JobId; readonly item: number }
  | { readonly kind: 'unread'; readonly index: number }

export interface EntryInput {
  readonly run: JobOf<'image'> | null
  readonly order: readonly ImageId[]
  readonly total: number
  readonly runningItem: number
  /** Pictures that the user filtered for; then the run's own tiles stay away. */
  readonly isFiltered: boolean
}

/** The run in hand in the order of its items, then everything earlier, the newest first. */
export function gridEntries({ run, order, total, runningItem, isFiltered }: EntryInput): Entry[] {
  const known = new Set(order)
  const ofRun = new Set(isFiltered || run === null ? [] : run.imageIds.filter((id) => known.has(id)))
  const entries: Entry[] = []
  if (run !== null && !isFiltered) {
    for (const id of run.imageIds) if (ofRun.has(id)) entries.push({ kind: 'image', id })
    if (run.status === 'running') {
      const { count } = run.request.request
      const from = Math.max(run.imageIds.length, runningItem)
      for (let item = from; item < count; item += 1) {
        entries.push({ kind: item === from ? 'running' : 'waiting', jobId: run.id, item })
      }
    }
  }
  for (const id of order) if (!ofRun.has(id)) entries.push({ kind: 'image', id })
  for (let index = order.length; index < total; index += 1) entries.push({ kind: 'unread', index })
  return entries
}

/** Where an arrow key leads in a grid; the same place where there is nothing in that direction. */
export function nextPlace(key: string, place: number, count: number, columns: number, pageRows: number): number | null {
  const last = count - 1
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, place - 1)
    case 'ArrowRight':
      return Math.min(last, place + 1)
    case 'ArrowUp':
      return place - columns < 0 ? place : place - columns
    case 'ArrowDown':
      return place + columns > last ? place : place + columns
    case 'PageUp':
      return Math.max(place % columns, place - columns * pageRows)
    case 'PageDown':
      return Math.min(last, place + columns * pageRows)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return null
  }
}
