import * as z from 'zod'
import { providerSchema } from './devices'
import { assetIdSchema, imageIdSchema, jobIdSchema, modelIdSchema } from './ids'
import { withoutDefaults } from './without-defaults'

export const limits = {
  promptCharacters: 10_000,
  steps: 200,
  minSide: 64,
  maxSide: 6144,
  sideMultiple: 16,
  batch: 64,
  maxSeed: 2 ** 53 - 1,
} as const

export const samplerSchema = z.enum(['euler', 'dpmpp-2m'])
export type Sampler = z.infer<typeof samplerSchema>

export const sigmaConversionSchema = z.enum(['none', 'karras', 'exponential', 'beta'])
export type SigmaConversion = z.infer<typeof sigmaConversionSchema>

const promptSchema = z
  .string()
  .max(limits.promptCharacters, `A prompt may have at most ${limits.promptCharacters.toLocaleString('en')} characters`)

const sideSchema = z
  .number()
  .int('Width and height are whole pixels')
  .min(limits.minSide, `The smallest side is ${limits.minSide} px`)
  .max(limits.maxSide, `The largest side is ${limits.maxSide} px`)
  .multipleOf(limits.sideMultiple, `Width and height must be multiples of ${limits.sideMultiple}`)

/** Everything that decides a picture. The same request on the same machine gives the same bytes. */
export const generateRequestSchema = z.object({
  modelId: modelIdSchema,
  prompt: promptSchema.refine((text) => text.trim().length > 0, 'Write a prompt: it is empty'),
  /** For CLIP-G alone; the first prompt where absent. */
  prompt2: promptSchema.optional(),
  /** For T5 alone; the first prompt where absent. */
  prompt3: promptSchema.optional(),
  negativePrompt: promptSchema.default(''),
  width: sideSchema,
  height: sideSchema,
  steps: z
    .number()
    .int('Steps are whole numbers')
    .min(1, 'At least 1 step is needed')
    .max(limits.steps, `At most ${limits.steps} steps`),
  /** Classifier-free guidance scale; 1 and below runs the conditional pass alone. */
  guidanceScale: z.number().min(0).max(50),
  /** Fraction of the steps after which guidance stops; 1 keeps it to the end. */
  guidanceEnd: z.number().min(0).max(1).default(1),
  /** Whether the two passes of guidance run as one batch of two. */
  guidanceBatched: z.boolean().default(true),
  /** Timestep shift of the flow-matching schedule (SD3 paper, section 5.3.2). */
  shift: z.number().min(0.1, 'Shift is at least 0.1').max(20, 'Shift is at most 20'),
  sampler: samplerSchema.default('euler'),
  sigmaConversion: sigmaConversionSchema.default('none'),
  /** Seed of the first picture; the next ones add 1 each. */
  seed: z.number().int('A seed is a whole number').min(0).max(limits.maxSeed),
  /** How many pictures, each with its own seed. */
  count: z.number().int().min(1).max(limits.batch).default(1),
  clipSkip: z.number().int().min(0).max(10).default(0),
  /** Skip-layer guidance: which blocks to skip and how strongly; needs a graph with gates. */
  skipLayers: z
    .object({
      layers: z.array(z.number().int().min(0)).min(1),
      scale: z.number().min(0).max(20).default(2.8),
      start: z.number().min(0).max(1).default(0.01),
      end: z.number().min(0).max(1).default(0.2),
    })
    .optional(),
  /** Text encoders to leave out, to save memory or to see what each one does. */
  withoutEncoders: z.array(z.enum(['CLIP-L', 'CLIP-G', 'T5'])).default([]),
  initImage: z
    .object({
      assetId: assetIdSchema,
      /** Share of the noise schedule that is run: 1 ignores the picture, 0.1 hardly changes it. */
      strength: z.number().gt(0, 'Strength is above 0').max(1),
      /** Grey picture of the same size: white is painted anew, black is kept. */
      maskAssetId: assetIdSchema.optional(),
    })
    .optional(),
  /** A picture of the latent is kept every so many steps; 0 keeps none. */
  previewEvery: z.number().int().min(0).max(limits.steps).default(1),
})
export type GenerateRequest = z.input<typeof generateRequestSchema>
/** The request after defaults are filled in. */
export type GenerateSettings = z.output<typeof generateRequestSchema>

/** Some of the settings, as they are read from a file that need not hold all of them. */
export const generatePatchSchema = withoutDefaults(generateRequestSchema)
export type GeneratePatch = z.infer<typeof generatePatchSchema>

export const stageSchema = z.enum(['load', 'encode', 'denoise', 'decode', 'save'])
export type Stage = z.infer<typeof stageSchema>

export const frameSchema = z.object({
  /** How many steps were done when the frame was taken. */
  step: z.number().int(),
  sigma: z.number(),
  assetId: assetIdSchema,
})
export type Frame = z.infer<typeof frameSchema>

/** One finished (or kept partial) picture, with all that is needed to make it again. */
export const imageSchema = z.object({
  id: imageIdSchema,
  jobId: jobIdSchema.nullable(),
  assetId: assetIdSchema,
  thumbnailId: assetIdSchema,
  createdAt: z.number(),
  width: z.number().int(),
  height: z.number().int(),
  /** The settings with this picture's own seed and a count of 1. */
  settings: generateRequestSchema,
  modelName: z.string(),
  modelHash: z.string(),
  provider: providerSchema,
  /** Milliseconds by stage. */
  timings: z.partialRecord(stageSchema, z.number()),
  frames: z.array(frameSchema),
  starred: z.boolean(),
  /** True where the run was stopped before the last step. */
  partial: z.boolean(),
  stepsDone: z.number().int(),
  /** Steps of the whole run: fewer than `settings.steps` where it started from a picture. Absent in older records. */
  stepsPlanned: z.number().int().optional(),
  deletedAt: z.number().nullable(),
})
export type ImageRecord = z.infer<typeof imageSchema>

export const imagePageSchema = z.object({
  images: z.array(imageSchema),
  total: z.number().int(),
  nextCursor: z.string().nullable(),
})

/** How one encoder reads a prompt. */
export const promptTokensSchema = z.object({
  encoder: z.enum(['CLIP-L', 'CLIP-G', 'T5']),
  /** Tokens that the text needs, with its special tokens. */
  count: z.number().int(),
  maxTokens: z.number().int(),
  /** Character offset after which the text is cut off; null where all of it is read. */
  cutAt: z.number().int().nullable(),
})
export type PromptTokens = z.infer<typeof promptTokensSchema>

/** The noise schedule and the density of training timesteps, for the chart. */
export const scheduleSchema = z.object({
  /** One more than the steps: from the first sigma down to 0. */
  sigmas: z.array(z.number()),
  /** Samples of the logit-normal density of sigma after the shift, evenly spaced on [0, 1]. */
  density: z.array(z.number()),
})
export type Schedule = z.infer<typeof scheduleSchema>
