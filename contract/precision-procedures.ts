import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { comparisonIdSchema, jobIdSchema, modelIdSchema } from './ids'
import { jobSchema } from './jobs'
import {
  detectionSampleSchema,
  precisionOptionsSchema,
  precisionRequestSchema,
  questionSampleSchema,
  recipeSchema,
  savedVariantSchema,
} from './precision'
import { comparisonSchema, comparisonSummarySchema, precisionEventSchema } from './precision-results'
import { trainingRecordSchema } from './precision-training'
import { procedure } from './procedure'

/** What the Precision panel asks of the core. Number formats themselves are in contract/number-format-*.ts and need no core. */
export const precisionProcedures = {
  /** What can be compared with a model, and why the rest cannot. */
  options: procedure.input(z.object({ modelId: modelIdSchema })).output(precisionOptionsSchema),
  /** Bundled pictures for detectors; they become assets each time they are asked for, so that none is tidied away. */
  detectionSample: procedure.output(detectionSampleSchema),
  /** A bundled picture for models that converse, with a question; it becomes an asset each time, as above. */
  questionSample: procedure.output(questionSampleSchema),
  /** Queues a comparison and answers at once. */
  compare: procedure.input(precisionRequestSchema.and(z.object({ first: z.boolean().optional() }))).output(jobSchema),
  /** A comparison as it runs: what was there already, then the rest live, and the end. A finished one is read by `get`. */
  follow: procedure.input(z.object({ jobId: jobIdSchema })).output(eventIterator(precisionEventSchema)),
  list: procedure
    .input(
      z.object({
        search: z.string().max(200).default(''),
        limit: z.number().int().min(1).max(500).default(100),
        cursor: z.string().optional(),
      }),
    )
    .output(
      z.object({
        comparisons: z.array(comparisonSummarySchema),
        total: z.number().int(),
        nextCursor: z.string().nullable(),
      }),
    ),
  get: procedure.input(z.object({ comparisonId: comparisonIdSchema })).output(comparisonSchema),
  /** Takes comparisons off the list; `restore` brings them back until they are purged 30 days later. */
  remove: procedure
    .input(z.object({ comparisonIds: z.array(comparisonIdSchema).min(1) }))
    .output(z.array(comparisonIdSchema)),
  restore: procedure
    .input(z.object({ comparisonIds: z.array(comparisonIdSchema).min(1) }))
    .output(z.array(comparisonIdSchema)),
  /** Keeps a column's graphs as a precision of the model that the other panels can use. */
  save: procedure
    .input(
      z.object({
        modelId: modelIdSchema,
        recipe: recipeSchema,
        roles: z.array(z.string().min(1)).optional(),
        name: z
          .string()
          .regex(/^[a-z0-9][a-z0-9.-]{0,39}$/, 'A name has 1 to 40 small letters, digits, dots and hyphens'),
      }),
    )
    .output(savedVariantSchema),
  /** All of them, also those whose model is not in the library just now: they are back when it is. */
  saved: procedure.output(z.array(savedVariantSchema)),
  /** Takes a saved variant out of the library; `recall` brings it back until its files are deleted 30 days later. */
  forget: procedure.input(z.object({ variantId: z.string().min(1) })).output(z.array(savedVariantSchema)),
  recall: procedure.input(z.object({ variantId: z.string().min(1) })).output(z.array(savedVariantSchema)),
  /** Bytes of converted graphs that are kept so that a second comparison is quick. */
  cache: procedure.output(z.object({ bytes: z.number(), variants: z.number().int() })),
  clearCache: procedure.output(z.object({ bytes: z.number(), variants: z.number().int() })),
  /** Recorded training runs in mixed precision. */
  training: procedure.output(trainingRecordSchema),
}
