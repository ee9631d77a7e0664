// What a comparison of precisions measures and keeps: errors, outputs, layers, the search for a mix, and the events of a running one.

import * as z from 'zod'
import { boxSchema } from './detection'
import { providerSchema } from './devices'
import { failureSchema } from './errors'
import { assetIdSchema, comparisonIdSchema } from './ids'
import { precisionRequestSchema, recipeSchema } from './precision'

/** A ratio in dB; `infinity` where there is no error at all, null where it cannot be told (NaN, nothing to compare). */
export const decibelsSchema = z.union([z.number(), z.literal('infinity')]).nullable()
export type Decibels = z.infer<typeof decibelsSchema>

/** How far a column's outputs are from the reference's. For pictures of the pixels on 0 to 1; for text of the logits. */
export const errorsSchema = z.object({
  maxAbsolute: z.number().nullable(),
  /** |difference| / (|reference| + 10^-6 max |reference|), median, 99th percentile and largest. */
  relative: z.object({ median: z.number(), p99: z.number(), largest: z.number() }).nullable(),
  /** 10 log10(sum reference^2 / sum difference^2). */
  sqnr: decibelsSchema,
  /** 1 where equal; null where one side is all zeros. */
  cosine: z.number().nullable(),
  /** Of pictures: 10 log10(1 / mean squared difference). */
  psnr: decibelsSchema,
  /** Of pictures: mean structural similarity (11 x 11 Gaussian, sigma 1.5). */
  ssim: z.number().nullable(),
  /**
   * Share that agrees, 0 to 1: of tokens; of row maxima (graphs); of boxes, those that both have (IoU of at least 0.5, one class) in all
   * that either has.
   */
  agreement: z.number().nullable(),
  /** Of text: mean Kullback-Leibler divergence of the column from the reference, in nats a token. */
  divergence: z.number().nullable(),
  /** Of detection with labels: mean average precision (COCO), 0 to 1, over the labelled classes that the detector knows. */
  meanAveragePrecision: z.number().nullable(),
  /** Of detection: the same against the reference's own boxes in place of labels. */
  referencePrecision: z.number().nullable().default(null),
  /** Numbers of the column's outputs that are NaN or infinite. */
  notFinite: z.number().int(),
})
export type Errors = z.infer<typeof errorsSchema>

/** One token of the reference's text as a column sees it. */
export const comparedTokenSchema = z.object({
  /** The reference's token, which every column was given. */
  token: z.number().int(),
  text: z.string(),
  /** The column's most likely token there, and its text. */
  top: z.number().int(),
  topText: z.string(),
  /** KL(reference || column) of the whole vocabulary, in nats. */
  divergence: z.number().nullable(),
  /** Probability of the reference's token in the column. */
  probability: z.number(),
})
export type ComparedToken = z.infer<typeof comparedTokenSchema>

const comparedBoxSchema = z.object({
  /** In pixels of the upright picture. */
  box: boxSchema,
  label: z.string(),
  score: z.number(),
})
export type ComparedBox = z.infer<typeof comparedBoxSchema>

/** What a column finds in one picture. */
const comparedBoxesSchema = z.object({
  /** Of the upright picture. */
  width: z.number().int(),
  height: z.number().int(),
  /** Those that reach the threshold, the best first. */
  boxes: z.array(comparedBoxSchema),
  /** By IoU of at least 0.5 and one class: places in the reference's and in this list; null where one side has none. */
  matches: z.array(
    z.object({ reference: z.number().int().nullable(), own: z.number().int().nullable(), iou: z.number() }),
  ),
})
export type ComparedBoxes = z.infer<typeof comparedBoxesSchema>

/** What a column made. */
export const columnOutputSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('picture'),
    width: z.number().int(),
    height: z.number().int(),
    assetId: assetIdSchema,
    /**
     * Mean absolute difference from the reference over the three colours, as a grey PNG: white is `differenceScale`, on 0 to 1.
     * Null of the reference itself.
     */
    differenceId: assetIdSchema.nullable(),
    differenceScale: z.number(),
    /** Structural similarity by pixel as a grey PNG: white is 1, black 0 and below. */
    similarityId: assetIdSchema.nullable(),
  }),
  z.object({
    kind: z.literal('text'),
    /** What the column writes by itself, and its tokens. */
    text: z.string(),
    written: z.array(z.object({ token: z.number().int(), text: z.string() })),
    /** First place at which its own text leaves the reference's; null where it never does. */
    divergesAt: z.number().int().nullable(),
    tokens: z.array(comparedTokenSchema),
  }),
  z.object({
    kind: z.literal('detection'),
    /** In the order of the subject's. */
    pictures: z.array(comparedBoxesSchema),
  }),
  z.object({
    kind: z.literal('graph'),
    outputs: z.array(z.object({ name: z.string(), shape: z.array(z.number().int()), errors: errorsSchema })),
  }),
])
export type ColumnOutput = z.infer<typeof columnOutputSchema>

/** One kind of operation that really ran, as onnxruntime's own profile counts it. */
export const kernelSchema = z.object({
  /** Its name after optimisation: "QLinearConv", "MatMulNBits", "Cast". */
  operator: z.string(),
  provider: z.string(),
  /** Operations of this kind in one run. */
  count: z.number().int(),
  milliseconds: z.number(),
})
export type Kernel = z.infer<typeof kernelSchema>

/** What a column really was when it ran. */
export const truthSchema = z.object({
  /** native: the formats are computed with; emulated: numbers are rounded to them, and computed with in float32. */
  arithmetic: z.enum(['native', 'emulated']),
  /** In a sentence: "42 of 84 layers ran on bytes (MatMulIntegerToFloat)". */
  sentence: z.string(),
  /** The most time first. Of the main graph. */
  kernels: z.array(kernelSchema),
})
export type Truth = z.infer<typeof truthSchema>

/** Counts of a tensor's values by binary exponent, sixteen bins an octave, zeros and what is not finite apart. */
export const exponentHistogramSchema = z.object({
  /** Exponent of the first octave: its first bin begins at 2^firstExponent. */
  firstExponent: z.number().int(),
  /** Sixteen an octave: bin i begins at 2^(firstExponent + floor(i / 16)) (1 + (i mod 16) / 16). */
  counts: z.array(z.number().int()),
  zeros: z.number().int(),
  infinite: z.number().int(),
  notANumber: z.number().int(),
  total: z.number().int(),
})
export type ExponentHistogram = z.infer<typeof exponentHistogramSchema>

/** One layer of the main graph: an operation with weights. */
export const layerSchema = z.object({
  /** The operation's name, or its output's where it has none. */
  name: z.string(),
  operator: z.string(),
  /** Name of the tensor that is compared. */
  output: z.string(),
  /** Numbers in its weights. */
  weights: z.number().int(),
  /** Of the reference's weights and of its output in the comparison's run. */
  weightHistogram: exponentHistogramSchema.nullable(),
  outputHistogram: exponentHistogramSchema.nullable(),
  /** Milliseconds in the reference; null where the profile does not name it. */
  milliseconds: z.number().nullable(),
})
export type Layer = z.infer<typeof layerSchema>

/** A column's error at one layer. Layers are named by their place in `comparison.layers`. */
export const layerErrorSchema = z.object({
  layer: z.number().int(),
  /** This layer alone low, fed by the reference. */
  isolated: decibelsSchema,
  /** The column as it is: everything before is low too. */
  accumulated: decibelsSchema,
  /** The same two as |difference| / |reference| (root of the ratio of energies): what a log axis shows. */
  isolatedRelative: z.number().nullable(),
  accumulatedRelative: z.number().nullable(),
})
export type LayerError = z.infer<typeof layerErrorSchema>

export const columnResultSchema = z.object({
  recipe: recipeSchema,
  /** "INT8 dynamic". */
  label: z.string(),
  /** Null where the column was measured; else why it could not be. */
  failure: failureSchema.nullable(),
  /** Bytes on disk of the model's graphs in this column, those included that are not converted. */
  bytes: z.number(),
  /** Making the graphs; null where they were there from before. */
  convertMilliseconds: z.number().nullable(),
  loadMilliseconds: z.number(),
  /** One unit of work: a step of a drawing, a token, a picture that is looked at, a run of the graph. */
  run: z.object({
    unit: z.enum(['step', 'token', 'picture', 'run']),
    median: z.number(),
    p95: z.number(),
    samples: z.number().int(),
    /** The whole subject once: a drawing, a text, all pictures, one run. */
    total: z.number(),
  }),
  /** Most memory of the process while the column ran, in bytes, and how that was learnt. */
  peakMemory: z.object({ bytes: z.number(), method: z.enum(['high-water mark', 'sampled']) }),
  errors: errorsSchema,
  truth: truthSchema,
  output: columnOutputSchema.nullable(),
  layers: z.array(layerErrorSchema),
})
export type ColumnResult = z.infer<typeof columnResultSchema>

/** One mix on the way of a search: the first has all layers low. */
export const searchStepSchema = z.object({
  /** The layer that was raised last; null for the first step. */
  raised: z.number().int().nullable(),
  /** Of the main graph's outputs on one input: what the search goes by, and not yet what a column measures. */
  sqnr: decibelsSchema,
  /** Of the main graph: measured times of its layers summed, bytes of its weights. */
  milliseconds: z.number(),
  bytes: z.number(),
})
export const searchResultSchema = z.object({
  low: recipeSchema,
  targetDecibels: z.number(),
  cost: z.enum(['milliseconds', 'bytes']),
  /** Whether the target is met by the last of `measured`. */
  met: z.boolean(),
  steps: z.array(searchStepSchema),
  /**
   * Mixes that were measured as columns are, on all inputs, by how many layers they raise; the last is the result. Empty in searches of
   * earlier versions, which went by the last step.
   */
  measured: z.array(z.object({ raised: z.number().int(), sqnr: decibelsSchema })).default([]),
  /** Error of the outputs with one layer low and the rest float32, by layer. */
  alone: z.array(z.object({ layer: z.number().int(), sqnr: decibelsSchema })),
  /** The result, ready to be a column or to be saved. */
  recipe: recipeSchema,
  /** In a sentence: "6 of 84 layers stay in float32. They held 81% of the error and are 4% of the weights." */
  sentence: z.string(),
})
export type SearchResult = z.infer<typeof searchResultSchema>
export type SearchStep = z.infer<typeof searchStepSchema>

export const comparisonSchema = z.object({
  format: z.literal('atelier-comparison').default('atelier-comparison'),
  id: comparisonIdSchema,
  createdAt: z.number(),
  settings: precisionRequestSchema,
  modelName: z.string(),
  modelHash: z.string(),
  /** Comparisons are comparable in time only where these three are the same. */
  provider: providerSchema,
  threads: z.number().int(),
  machine: z.string(),
  /** The graph whose layers are looked at. */
  mainRole: z.string(),
  /** Roles that were converted. */
  roles: z.array(z.string()),
  layers: z.array(layerSchema),
  /** The reference first. */
  columns: z.array(columnResultSchema),
  search: searchResultSchema.nullable(),
  /** True where it was stopped before the last column was done. */
  partial: z.boolean(),
  deletedAt: z.number().nullable(),
})
export type Comparison = z.infer<typeof comparisonSchema>

/** A comparison without its layers and outputs, for lists. */
export const comparisonSummarySchema = z.object({
  id: comparisonIdSchema,
  createdAt: z.number(),
  title: z.string(),
  modelName: z.string(),
  provider: providerSchema,
  threads: z.number().int(),
  partial: z.boolean(),
  columns: z.array(
    z.object({
      label: z.string(),
      bytes: z.number(),
      milliseconds: z.number(),
      sqnr: decibelsSchema,
      failed: z.boolean(),
    }),
  ),
})
export type ComparisonSummary = z.infer<typeof comparisonSummarySchema>

/** What `precision.follow` yields while a comparison runs. */
export const precisionEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    modelName: z.string(),
    provider: providerSchema,
    threads: z.number().int(),
    mainRole: z.string(),
    /** The columns to come, the reference first. */
    columns: z.array(recipeSchema),
  }),
  z.object({ type: z.literal('column'), column: z.number().int() }),
  z.object({ type: z.literal('layers'), layers: z.array(layerSchema) }),
  /** A column is done, or could not be made. */
  z.object({ type: z.literal('result'), column: z.number().int(), result: columnResultSchema }),
  z.object({ type: z.literal('search'), result: searchResultSchema }),
  z.object({ type: z.literal('end'), comparisonId: comparisonIdSchema }),
])
export type PrecisionEvent = z.infer<typeof precisionEventSchema>
