import * as z from 'zod'
import {
  detectFolderRequestSchema,
  detectionExampleSchema,
  detectionLayersSchema,
  detectionLimits,
  detectionPageSchema,
  detectionResultSchema,
  detectionRunSchema,
  detectionSchema,
} from './detection'
import { detectionEvaluationSchema } from './detection-evaluation'
import { assetIdSchema, detectionIdSchema, detectionRunIdSchema, modelIdSchema } from './ids'
import { jobSchema } from './jobs'
import { procedure } from './procedure'

const detections = z.object({ detectionIds: z.array(detectionIdSchema).min(1) })
const run = z.object({ runId: detectionRunIdSchema })
const runs = z.object({ runIds: z.array(detectionRunIdSchema).min(1) })

const model = z.object({ modelId: modelIdSchema, precision: z.string().max(40).optional() })

export const detectionProcedures = {
  /** Looks for things in one picture and files what was found. Raw boxes come back: sliders filter them without a new run. */
  detect: procedure.input(model.extend({ assetId: assetIdSchema, name: z.string().max(1000) })).output(detectionSchema),
  /** The same for a frame of a video or camera: nothing is stored. */
  detectFrame: procedure.input(model.extend({ file: z.file() })).output(detectionResultSchema),
  /** Runs the two stages apart and gives what is between them. */
  layers: procedure
    .input(
      model.extend({
        assetId: assetIdSchema,
        proposals: z.number().int().min(1).max(detectionLimits.proposals).default(200),
      }),
    )
    .output(detectionLayersSchema),
  /** Queues all pictures of a folder and answers at once. */
  runFolder: procedure
    .input(detectFolderRequestSchema.and(z.object({ first: z.boolean().optional() })))
    .output(jobSchema),
  /** Goes on with a run that was stopped: what is done stays, what failed is tried again, new pictures are looked at. */
  continueRun: procedure.input(run.extend({ first: z.boolean().optional() })).output(jobSchema),
  /** Folder runs, the newest first. */
  runs: procedure
    .input(z.object({ limit: z.number().int().min(1).max(500).default(100), cursor: z.string().optional() }))
    .output(
      z.object({ runs: z.array(detectionRunSchema), total: z.number().int(), nextCursor: z.string().nullable() }),
    ),
  getRun: procedure.input(run).output(detectionRunSchema),
  removeRuns: procedure.input(runs).output(z.array(detectionRunIdSchema)),
  restoreRuns: procedure.input(runs).output(z.array(detectionRunIdSchema)),
  /** Pictures of a run in the order of their names, those that failed last; without a run, single pictures, the newest first. */
  list: procedure
    .input(
      z.object({
        runId: detectionRunIdSchema.nullable().default(null),
        search: z.string().max(200).default(''),
        limit: z.number().int().min(1).max(500).default(100),
        /** Goes on where a page ended. */
        cursor: z.string().optional(),
        /** How many to pass over: a list of thousands is shown from any place. */
        offset: z.number().int().min(0).default(0),
      }),
    )
    .output(detectionPageSchema),
  get: procedure.input(z.object({ detectionId: detectionIdSchema })).output(detectionSchema),
  /** Makes a picture that lies in a folder fetchable as an asset. */
  picture: procedure.input(z.object({ detectionId: detectionIdSchema })).output(z.object({ assetId: assetIdSchema })),
  /** Takes pictures off the list; `restore` brings them back until they are purged 30 days later. */
  remove: procedure.input(detections).output(z.array(detectionIdSchema)),
  restore: procedure.input(detections).output(z.array(detectionIdSchema)),
  /** Holds a run against labels in COCO's JSON, by file name, as pycocotools does. */
  evaluate: procedure.input(run.extend({ truth: z.file() })).output(detectionEvaluationSchema),
  /** Bundled pictures that a detector can be tried on. */
  examples: procedure.output(z.array(detectionExampleSchema)),
}
