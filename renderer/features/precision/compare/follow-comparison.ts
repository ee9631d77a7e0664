import type { ComparisonId, JobId } from '../../../../contract/ids'
import { followJob, jobAtEnd } from '../../../studio/follow-job'
import type { PrecisionFeature } from '../feature'
import { applyEvents, filedComparison, type ShownComparison } from './comparison-store'

/** Follows a comparison to its end; what was filed takes the place of what was seen. */
export async function followComparison(feature: PrecisionFeature, jobId: JobId): Promise<void> {
  const { studio, comparison } = feature
  const end = await followJob(studio, {
    jobId,
    doing: 'Following the comparison',
    open: (signal) => studio.client.precision.follow({ jobId }, { signal }),
    isShown: () => shownOf(feature, jobId) !== null,
    take: (events) => {
      const shown = shownOf(feature, jobId)
      if (shown !== null) comparison.setState({ shown: applyEvents(shown, events) })
    },
  })
  if (end === 'left') return
  if (end === 'down') {
    const failure = studio.report('Following the comparison', new Error('The studio core does not answer'))
    comparison.setState({ failure })
  }
  await settle(feature, jobId)
}

function shownOf({ comparison }: PrecisionFeature, jobId: JobId): ShownComparison | null {
  const { shown } = comparison.getState()
  return shown?.jobId === jobId ? shown : null
}

/** The stream is over: what the job says of its end stands, and columns that nobody was told are fetched. */
async function settle(feature: PrecisionFeature, jobId: JobId): Promise<void> {
  const { comparison, studio } = feature
  const job = await jobAtEnd(studio, jobId)
  const told = shownOf(feature, jobId)
  if (told === null) return
  const isUnfinished = told.columns.length === 0 || told.columns.some(({ result }) => result === null)
  comparison.setState({
    shown: { ...told, isRunning: false, current: null, isPartial: job?.status === 'cancelled' || isUnfinished },
    ...(job?.failure == null ? {} : { failure: job.failure }),
  })
  const filedId = told.comparisonId ?? job?.comparisonId ?? null
  if (filedId !== null && isUnfinished) await readFiled(feature, filedId, jobId)
}

async function readFiled(feature: PrecisionFeature, comparisonId: ComparisonId, jobId: JobId): Promise<void> {
  const { comparison, studio } = feature
  try {
    const filed = filedComparison(await studio.client.precision.get({ comparisonId }))
    if (shownOf(feature, jobId) !== null) comparison.setState({ shown: filed })
  } catch (error) {
    studio.report('Reading the comparison', error)
  }
}
