// Training in mixed precision, as it was recorded.

import * as z from 'zod'
import { formatNames } from './number-formats'
import { exponentHistogramSchema } from './precision-results'

/** A curve of a training run: one point a logged step. */
const curveSchema = z.array(z.number().nullable())

/** One real training run, recorded by training/precision. */
export const trainingRunSchema = z.object({
  /** "bf16", "fp16, no master weights, no loss scaling". */
  label: z.string(),
  format: z.enum(formatNames),
  masterWeights: z.boolean(),
  /** none, static or dynamic. */
  lossScaling: z.enum(['none', 'static', 'dynamic']),
  /** Whether the arithmetic was rounded to the format by the recorder rather than done in it. */
  emulated: z.boolean(),
  steps: z.array(z.number().int()),
  loss: curveSchema,
  /** log2 of the loss scale. */
  scale: curveSchema,
  accuracy: z.number().nullable(),
  skippedSteps: z.number().int(),
  millisecondsPerStep: z.number(),
  /** Gradients at some steps. */
  gradients: z.array(z.object({ step: z.number().int(), histogram: exponentHistogramSchema })),
  /** Share of the weight updates that changed nothing, by logged step. */
  lostUpdates: curveSchema,
})
export const trainingRecordSchema = z.object({
  /** What was trained, on what, on which machine. */
  description: z.string(),
  runs: z.array(trainingRunSchema),
  /** What the logs of the bundled models' own training say. */
  bundled: z.array(
    z.object({
      model: z.string(),
      recipe: z.string(),
      /** Name and curve of each logged quantity, thinned. */
      curves: z.array(z.object({ name: z.string(), steps: z.array(z.number()), values: curveSchema })),
    }),
  ),
})
export type TrainingRun = z.infer<typeof trainingRunSchema>
export type TrainingRecord = z.infer<typeof trainingRecordSchema>
