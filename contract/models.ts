import * as z from 'zod'
import { chatModelFactsSchema } from './chat-models'
import { detectorFactsSchema } from './detection'
import { modelIdSchema } from './ids'
import { languageModelFactsSchema } from './speculation'

export const modelFamilySchema = z.enum(['sd3', 'bagel', 'detector', 'causal-lm', 'unknown'])
export type ModelFamily = z.infer<typeof modelFamilySchema>

/** The words that a small model was trained on, as a prompt uses them. */
export const imageVocabularySchema = z.object({
  /** Such as "a dog", with an emoji that shows it. */
  subjects: z.array(z.object({ words: z.string(), emoji: z.string() })),
  styles: z.array(z.string()),
  /** Of the background. */
  colours: z.array(z.string()),
})
export type ImageVocabulary = z.infer<typeof imageVocabularySchema>

/** What a diffusion model can be asked for, read from its folder. */
export const imageModelFactsSchema = z.object({
  /** Text encoders that are there, by the name people know them by, with the most tokens each reads. */
  encoders: z.array(z.object({ name: z.enum(['CLIP-L', 'CLIP-G', 'T5']), maxTokens: z.number().int() })),
  defaults: z.object({
    width: z.number().int(),
    height: z.number().int(),
    steps: z.number().int(),
    guidanceScale: z.number(),
    shift: z.number(),
  }),
  /** Suggested sizes, the default first. */
  sizes: z.array(z.tuple([z.number().int(), z.number().int()])),
  maxSide: z.number().int(),
  /** Whether the folder can encode pictures, which image-to-image and inpainting need. */
  canEncode: z.boolean(),
  /** Whether the transformer has per-block gates, which skip-layer guidance needs. */
  hasBlockGates: z.boolean(),
  hasPreviewDecoder: z.boolean(),
  prompts: z.array(z.string()),
  /** All that a small model knows, for people to choose from; absent where that is too much to list. */
  vocabulary: imageVocabularySchema.optional(),
})
export type ImageModelFacts = z.infer<typeof imageModelFactsSchema>

export const modelSchema = z.object({
  id: modelIdSchema,
  family: modelFamilySchema,
  name: z.string(),
  description: z.string(),
  /** Where it comes from: shipped with the studio, or a folder that the user added. */
  source: z.enum(['bundled', 'added']),
  folder: z.string(),
  /** Which layout the loader recognised, such as "optimum" or "TensorStack". */
  layout: z.string(),
  licence: z.string().optional(),
  /** Bytes of weights on disk. */
  bytes: z.number(),
  precision: z.string().optional(),
  /** Ready, or what is wrong with the folder and what to do. */
  state: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('ready') }),
    z.object({
      kind: z.literal('broken'),
      message: z.string(),
      remedy: z.string(),
      /** Nothing is broken, but the studio cannot run it. */
      unsupported: z.boolean().optional(),
    }),
  ]),
  image: imageModelFactsSchema.optional(),
  language: languageModelFactsSchema.optional(),
  /** Of models that can be talked with. */
  chat: chatModelFactsSchema.optional(),
  detector: detectorFactsSchema.optional(),
})
export type Model = z.infer<typeof modelSchema>
