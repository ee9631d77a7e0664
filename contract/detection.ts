import * as z from 'zod'
import { providerSchema } from './devices'
import { failureSchema } from './errors'
import { assetIdSchema, detectionIdSchema, detectionRunIdSchema, jobIdSchema, modelIdSchema } from './ids'

export const detectionLimits = {
  /** Pixels of a picture, after its header is read and before it is decoded: 100 million. */
  pixels: 100_000_000,
  /** Raw boxes that are kept of one picture, the best first. */
  candidates: 2000,
  /** Raw boxes under this score are not kept. */
  candidateScore: 0.01,
  /** Boxes of one picture after overlapping ones were taken away, as COCO counts them. */
  detections: 100,
  proposals: 2000,
  files: 100_000,
} as const

/** One thing that a detector knows by name. */
export const detectorClassSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  /** Shown beside the name where there is one. */
  emoji: z.string().optional(),
})
export type DetectorClass = z.infer<typeof detectorClassSchema>

/** How a network's raw output is read; says which decoder runs, not who made the weights. */
export const detectorArchitectureSchema = z.enum(['thundernet', 'detr', 'rt-detr', 'yolox', 'yolov8'])
export type DetectorArchitecture = z.infer<typeof detectorArchitectureSchema>

/** What a detector's folder offers. */
export const detectorFactsSchema = z.object({
  architecture: detectorArchitectureSchema,
  /** Such as "ThunderNet SNet49". */
  architectureName: z.string(),
  classes: z.array(detectorClassSchema),
  /**
   * Pixels that the network reads, and how a picture gets there: "stretch" fills them, "letterbox" keeps its shape and adds bars,
   * "fit" keeps its shape and reads fewer pixels along one side.
   */
  input: z.object({
    width: z.number().int(),
    height: z.number().int(),
    resize: z.enum(['stretch', 'letterbox', 'fit']),
  }),
  precisions: z.array(z.string()).min(1),
  defaultPrecision: z.string(),
  /** Where its sliders start. */
  defaults: z.object({ score: z.number(), overlap: z.number() }),
  /** What a score means: "calibrated: of the boxes scored 0.8, 79 % are right", or that it is not a probability. */
  scoreMeaning: z.string(),
  /** Whether proposals, anchors and the attention map can be looked at. */
  layers: z.boolean(),
  /** Whether its boxes need overlapping ones taken away; DETR's do not. */
  suppression: z.boolean(),
})
export type DetectorFacts = z.infer<typeof detectorFactsSchema>

/** Corners in pixels of the upright picture: left, top, right, bottom. */
export const boxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()])
export type Box = z.infer<typeof boxSchema>

/**
 * What the network found before any slider: every box whose score passed `detectionLimits.candidateScore`, the best
 * first. Columns instead of rows, because a picture has up to two thousand. A box may stand here once for each class.
 */
export const candidatesSchema = z.object({
  /** Four numbers a box: left, top, right, bottom, in pixels of the upright picture. */
  boxes: z.array(z.number()),
  scores: z.array(z.number()),
  classIds: z.array(z.number().int()),
})
export type Candidates = z.infer<typeof candidatesSchema>

/** How candidates become detections: what the sliders say. */
export const filterSchema = z.object({
  score: z.number().min(0, 'Score is at least 0').max(1, 'Score is at most 1'),
  /** IoU above which the weaker of two boxes goes; 1 keeps all. */
  overlap: z.number().min(0, 'Overlap is at least 0').max(1, 'Overlap is at most 1'),
  /** "hard" drops overlapping boxes; the soft ones lower their scores (Soft-NMS, Bodla et al. 2017). */
  suppression: z.enum(['hard', 'soft-linear', 'soft-gaussian', 'none']).default('hard'),
  /** Whether boxes of different classes suppress each other. */
  acrossClasses: z.boolean().default(false),
  limit: z.number().int().min(1).max(detectionLimits.candidates).default(detectionLimits.detections),
})
export type DetectionFilter = z.output<typeof filterSchema>

/** One box that passed the filter. */
export const detectedBoxSchema = z.object({
  box: boxSchema,
  classId: z.number().int(),
  score: z.number(),
  /** Its place among the candidates: what links box, table row and list. */
  candidate: z.number().int(),
})
export type DetectedBox = z.infer<typeof detectedBoxSchema>

/** Milliseconds by part; what a way of running does not have apart is absent. */
export const detectionTimingsSchema = z.object({
  /** Reading the file into pixels, those of the network where they are shrunk in the same go. */
  decode: z.number(),
  /** Resizing, where that goes by itself, and normalising. */
  prepare: z.number(),
  /** The network whole; where it ran in parts, their sum. */
  network: z.number(),
  /** First stage, proposals and second stage, where they ran apart. */
  stages: z.object({ rpn: z.number(), proposals: z.number(), head: z.number() }).optional(),
  /** From raw output to candidates. */
  finish: z.number(),
})
export type DetectionTimings = z.infer<typeof detectionTimingsSchema>

/** What one run over one picture gave. */
export const detectionResultSchema = z.object({
  /** Of the upright picture: EXIF rotation is applied first. */
  width: z.number().int(),
  height: z.number().int(),
  candidates: candidatesSchema,
  timings: detectionTimingsSchema,
  provider: providerSchema,
  threads: z.number().int(),
  precision: z.string(),
  /** What was done to read it that people should know: "first frame of 24", "CMYK turned into RGB". */
  notes: z.array(z.string()),
})
export type DetectionResult = z.infer<typeof detectionResultSchema>

/** A picture that was looked at, with all that is needed to show and filter it again. */
export const detectionSchema = z.object({
  id: detectionIdSchema,
  /** The folder run that it is part of; null for a picture by itself. */
  runId: detectionRunIdSchema.nullable(),
  createdAt: z.number(),
  /** Name of the file or of the picture, for people and for exports. */
  name: z.string(),
  /** The picture itself; null where it lies in a folder and was not opened yet: ask `detection.picture`. */
  assetId: assetIdSchema.nullable(),
  thumbnailId: assetIdSchema.nullable(),
  modelId: modelIdSchema,
  modelName: z.string(),
  modelHash: z.string(),
  outcome: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('done'), result: detectionResultSchema }),
    z.object({ kind: z.literal('failed'), failure: failureSchema }),
  ]),
  deletedAt: z.number().nullable(),
})
export type Detection = z.infer<typeof detectionSchema>

/** A detection without its boxes, for lists. */
export const detectionSummarySchema = detectionSchema
  .pick({ id: true, runId: true, createdAt: true, name: true, assetId: true, thumbnailId: true, modelId: true })
  .extend({
    failure: failureSchema.nullable(),
    /** How many boxes pass the model's default filter; null where it failed. */
    count: z.number().int().nullable(),
  })
export type DetectionSummary = z.infer<typeof detectionSummarySchema>

export const detectionPageSchema = z.object({
  detections: z.array(detectionSummarySchema),
  total: z.number().int(),
  nextCursor: z.string().nullable(),
})

/** Where the pictures of a folder run come from. */
export const detectionSourceSchema = z.discriminatedUnion('kind', [
  /** A folder on the studio's machine. */
  z.object({
    kind: z.literal('folder'),
    folder: z.string().min(1, 'Choose a folder'),
    deep: z.boolean().default(true),
  }),
  /** Pictures that were uploaded, such as a folder chosen in a browser. */
  z.object({
    kind: z.literal('assets'),
    name: z.string().max(400),
    pictures: z
      .array(z.object({ assetId: assetIdSchema, name: z.string().max(1000) }))
      .min(1, 'Choose at least one picture')
      .max(detectionLimits.files),
  }),
])
export type DetectionSource = z.output<typeof detectionSourceSchema>

export const detectFolderRequestSchema = z.object({
  modelId: modelIdSchema,
  precision: z.string().max(40).optional(),
  source: detectionSourceSchema,
})
export type DetectFolderRequest = z.output<typeof detectFolderRequestSchema>

/** What a job works on. Run again, it goes on: what is done stays, what failed is tried again. */
export const detectionJobRequestSchema = z.object({ runId: detectionRunIdSchema, modelId: modelIdSchema })

/** Pictures that were run together. */
export const detectionRunSchema = z.object({
  id: detectionRunIdSchema,
  jobId: jobIdSchema.nullable(),
  createdAt: z.number(),
  /** Such as the folder's name. */
  name: z.string(),
  /** Where the pictures come from; which ones were uploaded is in the list. */
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('folder'), folder: z.string(), deep: z.boolean() }),
    z.object({ kind: z.literal('assets') }),
  ]),
  modelId: modelIdSchema,
  modelName: z.string(),
  precision: z.string(),
  /** Files found; 0 until the folder was read. */
  total: z.number().int(),
  done: z.number().int(),
  failed: z.number().int(),
  /** Boxes over all pictures under the model's default filter. */
  count: z.number().int(),
  deletedAt: z.number().nullable(),
})
export type DetectionRun = z.infer<typeof detectionRunSchema>

/** A look inside a two-stage detector, run in its two parts. */
export const detectionLayersSchema = z.object({
  /** Cells of the feature map. */
  grid: z.object({ columns: z.number().int(), rows: z.number().int() }),
  /** Shapes that are tried at every cell, in pixels of the upright picture. */
  anchors: z.array(z.object({ width: z.number(), height: z.number(), side: z.number(), ratio: z.number() })),
  /** Centre of the first cell's anchors and the distance between cells, in pixels of the upright picture. */
  anchorCentre: z.object({ x: z.number(), y: z.number(), stepX: z.number(), stepY: z.number() }),
  /** What the first stage proposes, the best first, after proposals over each other were taken away. */
  proposals: z.object({ boxes: z.array(z.number()), scores: z.array(z.number()) }),
  /** Mean of the spatial attention over channels, row by row, 0 to 1. */
  attention: z.array(z.number()),
  timings: detectionTimingsSchema,
})
export type DetectionLayers = z.infer<typeof detectionLayersSchema>

/** A bundled picture to begin with. */
export const detectionExampleSchema = z.object({
  name: z.string(),
  assetId: assetIdSchema,
  width: z.number().int(),
  height: z.number().int(),
})
export type DetectionExample = z.infer<typeof detectionExampleSchema>
