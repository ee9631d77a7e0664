import type { StudioClient } from '../../../../contract/client'
import type { DetectionRun } from '../../../../contract/detection'
import type { Failure } from '../../../../contract/errors'
import { createPagedList, type PagedList } from '../../../studio/paged-list'

/** Folder runs, the newest first. They are not searched. */
export type Runs = PagedList<DetectionRun>

export function createRuns({ detection }: StudioClient, onError: (doing: string, error: unknown) => Failure): Runs {
  return createPagedList<DetectionRun>(
    {
      async list({ limit, cursor }) {
        const { runs, ...page } = await detection.runs({ limit, ...(cursor === undefined ? {} : { cursor }) })
        return { ...page, entries: runs }
      },
      remove: (id) => detection.removeRuns({ runIds: [id] }),
      restore: (id) => detection.restoreRuns({ runIds: [id] }),
      doing: { list: 'Listing folder runs', remove: 'Removing a folder run', restore: 'Bringing a folder run back' },
    },
    onError,
  )
}
