// Comparisons of one model at several precisions: what is asked for, what can be, and what is kept as a precision of the model. What is
// measured is in precision-results.ts.

import * as z from 'zod'
import { cocoTruthSchema } from './detection-truth'
import { assetIdSchema, modelIdSchema } from './ids'
import { formatNames } from './number-formats'

export const precisionLimits = {
  columns: 10,
  /** Of a detector, side by side. */
  pictures: 64,
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

/** A picture that a model is given; its name is what labels of a detector's go by. */
const comparedPictureSchema = z.object({ assetId: assetIdSchema, name: z.string().max(1000) })
export type ComparedPicture = z.infer<typeof comparedPictureSchema>

const comparedPicturesSchema = z
  .array(comparedPictureSchema)
  .max(precisionLimits.pictures, `At most ${precisionLimits.pictures} pictures are compared`)

/** What all columns are given: one input, the same for each. Its kind must fit the model (`precision.options` says which do). */
export const subjectSchema = z.discriminatedUnion('kind', [
  /** Draws one picture: same prompt, seed, noise and schedule. A model that converses is asked for it in one message. */
  z.object({
    kind: z.literal('picture'),
    prompt: promptSchema,
    /** Models that converse take none. */
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
    /** Of a model that converses: what the prompt asks about. */
    picture: comparedPictureSchema.nullable().default(null),
    /** Of language models: continue the prompt as it stands, without the chat template. */
    raw: z.boolean().default(false),
    maxTokens: z.number().int().min(1).max(precisionLimits.maxTokens).default(48),
  }),
  /** Finds objects in pictures. */
  z.object({
    kind: z.literal('detection'),
    pictures: comparedPicturesSchema.min(1, 'Choose at least one picture'),
    /** Labels of the pictures, by file name: average precision is then measured against them. */
    truth: cocoTruthSchema.nullable().default(null),
    /** Other pictures, on which `int8-static` finds the ranges of activations; bundled ones where there are none. */
    calibration: comparedPicturesSchema.default([]),
    /** Boxes below are not drawn and not matched; the model's own where absent. */
    threshold: z.number().min(0).max(1).optional(),
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
  /** Signal to quantisation noise that the mix must reach, in dB: what is measured of it as of any column. */
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

/** A variant that was saved: it is in the library as a precision of its model, or as a model of its own (those that only draw). */
export const savedVariantSchema = z.object({
  id: z.string(),
  modelId: modelIdSchema,
  /** The id under which the library lists it: the model's own where it is a precision, a new one where it is a model. */
  listedAs: modelIdSchema,
  /** The name of the precision. */
  name: z.string(),
  recipe: recipeSchema,
  bytes: z.number(),
  createdAt: z.number(),
})
export type SavedVariant = z.infer<typeof savedVariantSchema>

/** A bundled picture and a question about it. */
export const questionSampleSchema = z.object({ picture: comparedPictureSchema, question: z.string() })
export type QuestionSample = z.infer<typeof questionSampleSchema>

/** Bundled pictures to compare a detector on, with their labels. */
export const detectionSampleSchema = z.object({
  pictures: z.array(comparedPictureSchema),
  truth: cocoTruthSchema,
})
export type DetectionSample = z.infer<typeof detectionSampleSchema>
