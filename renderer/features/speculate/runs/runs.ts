import type { StudioClient } from '../../../../contract/client'
import type { Failure } from '../../../../contract/errors'
import type { RaceSummary } from '../../../../contract/speculation'
import { createPagedList, type PagedList } from '../../../studio/paged-list'

/** Saved races, the newest first. */
export type Runs = PagedList<RaceSummary>

export function createRuns({ speculation }: StudioClient, onError: (doing: string, error: unknown) => Failure): Runs {
  return createPagedList<RaceSummary>(
    {
      async list(query) {
        const { races, ...page } = await speculation.list(query)
        return { ...page, entries: races }
      },
      remove: (id) => speculation.remove({ raceIds: [id] }),
      restore: (id) => speculation.restore({ raceIds: [id] }),
      doing: { list: 'Listing races', remove: 'Removing a race', restore: 'Bringing a race back' },
    },
    onError,
  )
}
