import type { JobQueue } from '../jobs/queue'
import type { ComparisonsTable } from '../storage/comparisons-table'
import type { StudioImplementer } from './implementer'
import { comparisonTitle } from './comparison-summary'
import type { PrecisionQuestions } from './precision-questions'
import type { PrecisionVariants } from './precision-variants'

/** The rooms behind the Precision panel. */
export interface PrecisionParts {
  readonly comparisons: ComparisonsTable
  readonly questions: PrecisionQuestions
  readonly variants: PrecisionVariants
}

/** The precision procedures of the contract. */
export function precisionHandlers(
  precision: StudioImplementer['precision'],
  { comparisons, questions, variants }: PrecisionParts,
  queue: JobQueue,
) {
  return {
    options: precision.options.handler(({ input }) => questions.options(input.modelId)),
    detectionSample: precision.detectionSample.handler(() => questions.detectionSample()),
    questionSample: precision.questionSample.handler(() => questions.questionSample()),
    compare: precision.compare.handler(async ({ input }) => {
      const { first, ...request } = input
      await questions.check(request)
      return queue.add({ kind: 'precision', request }, comparisonTitle(request), { first: first === true })
    }),
    follow: precision.follow.handler(({ input, signal }) => questions.follow(input.jobId, signal)),
    list: precision.list.handler(({ input }) => comparisons.page(input)),
    get: precision.get.handler(({ input }) => comparisons.get(input.comparisonId)),
    remove: precision.remove.handler(({ input }) => {
      input.comparisonIds.forEach((id) => comparisons.remove(id))
      return input.comparisonIds
    }),
    restore: precision.restore.handler(({ input }) => {
      input.comparisonIds.forEach((id) => comparisons.restore(id))
      return input.comparisonIds
    }),
    save: precision.save.handler(({ input }) => variants.save(input)),
    saved: precision.saved.handler(() => variants.list()),
    forget: precision.forget.handler(({ input }) => variants.forget(input.variantId)),
    recall: precision.recall.handler(({ input }) => variants.recall(input.variantId)),
    cache: precision.cache.handler(() => questions.cache()),
    clearCache: precision.clearCache.handler(() => questions.clearCache()),
    training: precision.training.handler(() => questions.training()),
  }
}
