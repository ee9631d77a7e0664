import * as z from 'zod'

/** Areas by which COCO reports: small is under 32² pixels, medium under 96². */
export const evaluationAreaSchema = z.enum(['all', 'small', 'medium', 'large'])
export type EvaluationArea = z.infer<typeof evaluationAreaSchema>

/** Precision at recalls 0, 0.01, ..., 1; empty where the class has no label. */
export const precisionCurveSchema = z.object({
  /** null is the mean over classes. */
  classId: z.number().int().nullable(),
  /** IoU from which a box counts as right. */
  iou: z.number(),
  precision: z.array(z.number()),
  /** Score at each of the recalls: where the slider would have to stand. */
  scores: z.array(z.number()),
})
export type PrecisionCurve = z.infer<typeof precisionCurveSchema>

/**
 * COCO's table. A figure is null where nothing was labelled that it could be of (pycocotools says -1).
 * Source: pycocotools, COCOeval.summarize.
 */
export const detectionEvaluationSchema = z.object({
  pictures: z.number().int(),
  labels: z.number().int(),
  /** Names in the truth that no picture of the run has, and the other way round: both are left out. */
  unmatched: z.object({ truth: z.array(z.string()), run: z.array(z.string()) }),
  /** Classes of the truth that the detector does not know, by name: they count as missed. */
  unknownClasses: z.array(z.string()),
  averagePrecision: z.object({
    /** Mean over IoU 0.50, 0.55, ..., 0.95. */
    all: z.number().nullable(),
    at50: z.number().nullable(),
    at75: z.number().nullable(),
    small: z.number().nullable(),
    medium: z.number().nullable(),
    large: z.number().nullable(),
  }),
  averageRecall: z.object({
    /** With at most 1, 10 and 100 boxes a picture. */
    at1: z.number().nullable(),
    at10: z.number().nullable(),
    at100: z.number().nullable(),
    small: z.number().nullable(),
    medium: z.number().nullable(),
    large: z.number().nullable(),
  }),
  /** Pascal VOC's mean average precision at IoU 0.5: 11 recalls (2007) and area under the curve (from 2010 on). */
  voc: z.object({ voc07: z.number().nullable(), voc10: z.number().nullable() }),
  classes: z.array(
    z.object({
      classId: z.number().int(),
      name: z.string(),
      labels: z.number().int(),
      averagePrecision: z.number().nullable(),
      at50: z.number().nullable(),
    }),
  ),
  /** At IoU 0.50 and 0.75: the mean first, then each class. */
  curves: z.array(precisionCurveSchema),
})
export type DetectionEvaluation = z.infer<typeof detectionEvaluationSchema>
