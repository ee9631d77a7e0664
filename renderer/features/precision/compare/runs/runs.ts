import type { StudioClient } from '../../../../../contract/client'
import type { Failure } from '../../../../../contract/errors'
import type { ComparisonSummary } from '../../../../../contract/precision-results'
import { createPagedList, type PagedList } from '../../../../studio/paged-list'

/** Saved comparisons, the newest first. */
export type Runs = PagedList<ComparisonSummary>

export function createRuns({ precision }: StudioClient, onError: (doing: string, error: unknown) => Failure): Runs {
  return createPagedList<ComparisonSummary>(
    {
      async list(query) {
        const { comparisons, ...page } = await precision.list(query)
        return { ...page, entries: comparisons }
      },
      remove: (id) => precision.remove({ comparisonIds: [id] }),
      restore: (id) => precision.restore({ comparisonIds: [id] }),
      doing: {
        list: 'Listing comparisons',
        remove: 'Removing a comparison',
        restore: 'Bringing a comparison back',
      },
    },
    onError,
  )
}
