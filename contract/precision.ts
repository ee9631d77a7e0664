// Comparisons of one model at several precisions: what is asked for, what is measured, what is kept.

import * as z from 'zod'
import { providerSchema } from './devices'
import { failureSchema } from './errors'
import { assetIdSchema, comparisonIdSchema, modelIdSchema } from './ids'
import { formatNames } from './number-formats'

export const precisionLimits = {
  columns: 10,
  runs: 200,
  maxTokens: 512,
  maxSeed: 2 ** 32 - 1,
  keep: 5000,
} as const

/**
 * How a column's graphs are made from the model's own.
 *
 * - `fp32`: every weight widened to float32, every operation in float32. The reference of every comparison; always the first column.
 * - `own`: the model as it is in its folder.
 * - `fp16`: a float16 graph, with the operations that need range kept in float32. A CPU computes it in float32.
 * - `fp16-emulated`, `bf16`, `fp8-e4m3`, `fp8-e5m2`: weights rounded, and the result of every operation rounded (a cast there and back);
 *   sums are float32. What these formats do to stored numbers, on any machine; neither their speed nor their sums.
 * - `int8-dynamic`: signed bytes with one scale an output channel; activations become bytes as they come.
 * - `int8-static`: the same weights; unsigned activations with scales from calibration (QuantizeLinear and DequantizeLinear around
 *   every layer). For convolutions.
 * - `int8-weights`, `int4`: weights alone, in blocks (MatMulNBits); computed in float32.
 */
export const columnNameSchema = z.enum([
  'fp32',
  'own',
  'fp16',
  'fp16-emulated',
  'bf16',
  'fp8-e4m3',
  'fp8-e5m2',
  'int8-dynamic',
  'int8-static',
  'int8-weights',
  'int4',
])
export type ColumnName = z.infer<typeof columnNameSchema>

/** A way to make a column, in full. Two equal recipes on one model make the same files, which are kept and used again. */
export const recipeSchema = z.object({
  column: columnNameSchema,
  /** Of `int4` and `int8-weights`: weights that share a scale. */
  blockSize: z.union([z.literal(16), z.literal(32), z.literal(64), z.literal(128)]).default(32),
  /** Of `int4` and `int8-weights`: no zero points; of `int8-static`: nothing. */
  symmetric: z.boolean().default(true),
  /** Of `int8-static`: how the range of an activation is found from the calibration inputs. */
  calibration: z.enum(['minmax', 'percentile']).default('minmax'),
  /** Of `percentile`: share of the values inside the range, in percent. */
  percentile: z.number().min(90).max(100).default(99.99),
  /** Of `int8-dynamic` and `int8-static`: one scale an output channel, or one for the whole weight. */
  perChannel: z.boolean().default(true),
  /** Layers (names as in `layerSchema`) that stay in float32: what makes a mix of precisions. */
  keep: z.array(z.string().min(1)).max(precisionLimits.keep).default([]),
})
export type RecipeRequest = z.input<typeof recipeSchema>
export type Recipe = z.output<typeof recipeSchema>

const promptSchema = z
  .string()
  .max(10_000, 'A prompt may have at most 10,000 characters')
  .refine((text) => text.trim().length > 0, 'Write a prompt: it is empty')
const seedSchema = z.number().int('A seed is a whole number').min(0).max(precisionLimits.maxSeed)

/** What all columns are given: one input, the same for each. Its kind must fit the model (`precision.options` says which do). */
export const subjectSchema = z.discriminatedUnion('kind', [
  /** Draws one picture: same prompt, seed, noise and schedule. */
  z.object({
    kind: z.literal('picture'),
    prompt: promptSchema,
    negativePrompt: z.string().max(10_000).default(''),
    seed: seedSchema.default(0),
    /** The model's own where absent. */
    width: z.number().int().optional(),
    height: z.number().int().optional(),
    steps: z.number().int().min(1).max(200).optional(),
    guidanceScale: z.number().min(0).max(50).optional(),
  }),
  /**
   * Writes text with the most likely token at each place. The reference writes; the others read its text, token by token, so that
   * every token has a distribution to compare (teacher forcing); each also writes a text of its own.
   */
  z.object({
    kind: z.literal('text'),
    prompt: promptSchema,
    /** Continue the prompt as it stands, without the chat template. */
    raw: z.boolean().default(false),
    maxTokens: z.number().int().min(1).max(precisionLimits.maxTokens).default(48),
  }),
  /** Finds objects in a picture. */
  z.object({
    kind: z.literal('detection'),
    assetId: assetIdSchema,
    /** Boxes below are not drawn and not matched. */
    threshold: z.number().min(0).max(1).default(0.3),
  }),
  /** Any single graph of a model, on seeded inputs that suit its input types. */
  z.object({
    kind: z.literal('graph'),
    /** Which of the model's graphs (`precision.options` lists them). */
    role: z.string().min(1).max(200),
    seed: seedSchema.default(0),
    /** Sizes of the graph's free dimensions by name; 8 where absent, and a batch of 1. */
    dimensions: z.record(z.string(), z.number().int().min(0).max(1_000_000)).default({}),
  }),
])
export type SubjectRequest = z.input<typeof subjectSchema>
export type Subject = z.output<typeof subjectSchema>
export type SubjectKind = Subject['kind']

/** Asks for a mix: all layers low, then those raised to float32 that gain the most, until the target is met. */
export const searchRequestSchema = z.object({
  /** What the layers start as. */
  low: recipeSchema,
  /** Signal to quantisation noise of the main graph's outputs that the mix must reach, in dB. */
  targetDecibels: z.number().min(-20).max(160),
  /** What a raised layer is charged for: its extra milliseconds (measured) or its extra bytes. */
  cost: z.enum(['milliseconds', 'bytes']).default('milliseconds'),
})
export type SearchRequest = z.output<typeof searchRequestSchema>

export const precisionRequestSchema = z.object({
  modelId: modelIdSchema,
  subject: subjectSchema,
  /** The columns in their order. `fp32` is measured in any case, first. */
  columns: z
    .array(recipeSchema)
    .min(1, 'Choose at least one precision')
    .max(precisionLimits.columns, `At most ${precisionLimits.columns} precisions side by side`),
  /** Which of the model's graphs are converted; those that hold nearly all of its weights where absent. */
  roles: z.array(z.string().min(1)).max(40).optional(),
  /** Times that the graph (or, for a picture, its whole drawing) is run for the time; the first is not counted where there are more. */
  runs: z.number().int().min(1).max(precisionLimits.runs).optional(),
  /** Whether errors layer by layer and histograms are measured: an extra run a column. */
  layers: z.boolean().default(true),
  search: searchRequestSchema.optional(),
})
export type PrecisionRequest = z.input<typeof precisionRequestSchema>
export type PrecisionSettings = z.output<typeof precisionRequestSchema>

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
  /** Share of tokens, boxes or (of graphs) row maxima that agree, 0 to 1. */
  agreement: z.number().nullable(),
  /** Of text: mean Kullback-Leibler divergence of the column from the reference, in nats a token. */
  divergence: z.number().nullable(),
  /** Of detection with ground truth: mean average precision, 0 to 1. */
  meanAveragePrecision: z.number().nullable(),
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

const boxSchema = z.object({
  /** Left, top, right, bottom in pixels of the picture. */
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  label: z.string(),
  score: z.number(),
})
export type ComparedBox = z.infer<typeof boxSchema>

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
    boxes: z.array(boxSchema),
    /** By IoU of at least 0.5 and one class: places in the reference's and in this list; null where one side has none. */
    matches: z.array(
      z.object({ reference: z.number().int().nullable(), own: z.number().int().nullable(), iou: z.number() }),
    ),
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
  /** One unit of work: a picture's step, a token, a run of the graph. */
  run: z.object({
    unit: z.enum(['step', 'token', 'run']),
    median: z.number(),
    p95: z.number(),
    samples: z.number().int(),
    /** The whole subject once: a picture, a text, one run. */
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
  sqnr: decibelsSchema,
  /** Of the main graph: measured times of its layers summed, bytes of its weights. */
  milliseconds: z.number(),
  bytes: z.number(),
})
export const searchResultSchema = z.object({
  low: recipeSchema,
  targetDecibels: z.number(),
  cost: z.enum(['milliseconds', 'bytes']),
  met: z.boolean(),
  steps: z.array(searchStepSchema),
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

/** What can be compared with a model. */
export const precisionOptionsSchema = z.object({
  subjects: z.array(
    z.object({
      kind: z.enum(['picture', 'text', 'detection', 'graph']),
      /** Null where it can be; else why not, in a sentence. */
      reason: z.string().nullable(),
    }),
  ),
  /** The model's graphs, the main one first. */
  graphs: z.array(
    z.object({
      role: z.string(),
      bytes: z.number(),
      /** Whether it is converted where `roles` is absent. */
      converted: z.boolean(),
      /** Names of its free dimensions. */
      dimensions: z.array(z.string()),
    }),
  ),
  columns: z.array(
    z.object({
      column: columnNameSchema,
      label: z.string(),
      /** A few words on what it is: "half the file". */
      note: z.string(),
      arithmetic: z.enum(['native', 'emulated']),
      /** Null where it can be made; else why not. */
      reason: z.string().nullable(),
      /** The format that the bits panel shows for it. */
      format: z.enum(formatNames),
    }),
  ),
})
export type PrecisionOptions = z.infer<typeof precisionOptionsSchema>

/** A variant that was saved: it is in the library as a precision (or, for picture models, as a model) of its own. */
export const savedVariantSchema = z.object({
  id: z.string(),
  modelId: modelIdSchema,
  /** The id under which the library lists it: the model's own for language models, a new one for picture models. */
  listedAs: modelIdSchema,
  /** The name of the precision. */
  name: z.string(),
  recipe: recipeSchema,
  bytes: z.number(),
  createdAt: z.number(),
})
export type SavedVariant = z.infer<typeof savedVariantSchema>
