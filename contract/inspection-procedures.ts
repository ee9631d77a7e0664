import * as z from 'zod'
import { inspectionIdSchema, modelIdSchema } from './ids'
import {
  convolutionSchema,
  inspectableGraphSchema,
  inspectionDifferenceSchema,
  inspectionSchema,
  inspectionSourceSchema,
  nodeDetailSchema,
  tensorViewSchema,
} from './inspection'
import { dimensionSizesSchema, inspectionCountsSchema } from './inspection-counts'
import {
  blockSchema,
  measuredBlocksSchema,
  measureRequestSchema,
  profileSchema,
  rooflineSchema,
} from './inspection-measures'
import { jobSchema } from './jobs'
import { procedure } from './procedure'

const inspection = z.object({ inspectionId: inspectionIdSchema })
const sizes = dimensionSizesSchema.default({})

/** The Inspector. An inspection that was let go (the core keeps the last few) answers INSPECTION_NOT_FOUND: open it again. */
export const inspectionProcedures = {
  /** The files of a library model, whole or broken, the largest first. */
  graphs: procedure.input(z.object({ modelId: modelIdSchema })).output(z.array(inspectableGraphSchema)),
  /**
   * Takes a model's file, and with it the files of its weights where they are at hand: the first is opened, the others lie
   * beside it by their names. Kept until others take the room.
   */
  upload: procedure
    .input(z.object({ files: z.array(z.file()).min(1).max(16) }))
    .output(z.object({ uploadId: z.string() })),
  /** Reads a file without its weights. The same file unchanged gives the same inspection. */
  open: procedure.input(z.object({ source: inspectionSourceSchema })).output(inspectionSchema),
  /** Everything that depends on sizes of free dimensions; takes milliseconds, so it may be called at every key stroke. */
  count: procedure.input(inspection.extend({ sizes })).output(inspectionCountsSchema),
  node: procedure.input(inspection.extend({ node: z.number().int().min(0), sizes })).output(nodeDetailSchema),
  /** Values of a weight. `at` is where the slice begins, `rowAxis` and `columnAxis` which plane it lies in. */
  tensor: procedure
    .input(
      inspection.extend({
        /** Index into `weights`. */
        weight: z.number().int().min(0),
        bins: z.number().int().min(1).max(512).default(64),
        first: z.number().int().min(0).max(256).default(16),
        rowAxis: z.number().int().min(0).optional(),
        columnAxis: z.number().int().min(0).optional(),
        at: z.array(z.number().int().min(0)).max(32).default([]),
        rows: z.number().int().min(1).max(128).default(32),
        columns: z.number().int().min(1).max(128).default(32),
      }),
    )
    .output(tensorViewSchema),
  /** How `after` differs from `before`, by names of nodes and weights. */
  difference: procedure
    .input(z.object({ before: inspectionIdSchema, after: inspectionIdSchema }))
    .output(inspectionDifferenceSchema),
  /** Queues a measurement and answers at once; its result is read by `profile`, `roofline` or `measuredBlocks`. */
  measure: procedure.input(measureRequestSchema).output(jobSchema),
  /** The last profile of this file; null where there is none, or the file has changed since. */
  profile: procedure.input(z.object({ source: inspectionSourceSchema })).output(profileSchema.nullable()),
  /** This machine's limits; null where they were never measured. A profile measures them where they are missing. */
  roofline: procedure.output(rooflineSchema.nullable()),
  /** Exact counts of the blocks that could stand for a convolution. */
  blocks: procedure.input(z.object({ convolution: convolutionSchema })).output(z.array(blockSchema)),
  /** The same with what was measured last for this very convolution; null where nothing was. */
  measuredBlocks: procedure
    .input(z.object({ convolution: convolutionSchema, threads: z.number().int().min(0).max(256).default(1) }))
    .output(measuredBlocksSchema.nullable()),
}
