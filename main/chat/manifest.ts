// What studio.json says of a model of the BAGEL family. Unknown fields pass. The form is described in docs/graphs.md.

import * as z from 'zod'
import { renormSchema } from '../../contract/chat-settings'

const count = z.int().min(1)
const file = z.union([z.string().min(1), z.looseObject({ file: z.string().min(1) }).transform((graph) => graph.file)])
const tokenId = z.int().min(0)

const layersSchema = z
  .tuple([z.int().min(0), count])
  .refine(([first, end]) => first < end, 'must be [first, end) with at least one layer')

/** Files by role. The decoder may come in parts, in the order in which they run. */
const graphsSchema = z.looseObject({
  token_embedding: file.optional(),
  vision_encoder: file.optional(),
  vae_encoder: file.optional(),
  latent_embedding: file.optional(),
  decoder: z
    .array(z.looseObject({ file: z.string().min(1), layers: layersSchema }))
    .min(1)
    .optional(),
  lm_head: file.optional(),
  velocity_head: file.optional(),
  vae_decoder: file.optional(),
  /** Takes the latent as the drawing has it, without the autoencoder's scale and shift, and gives a small picture. */
  preview_decoder: file.optional(),
})
export type GraphFiles = z.output<typeof graphsSchema>

/** The graphs besides the decoder. */
export const graphRoles = [
  'token_embedding',
  'vision_encoder',
  'vae_encoder',
  'latent_embedding',
  'lm_head',
  'velocity_head',
  'vae_decoder',
  'preview_decoder',
] as const satisfies readonly (keyof GraphFiles)[]
export type GraphRole = (typeof graphRoles)[number]

const transformSchema = z.looseObject({ maxSide: count, minSide: count, stride: count })
export type PictureTransform = z.output<typeof transformSchema>

const textDefaultsSchema = z.looseObject({
  maxTokens: count.optional(),
  /** False takes the most likely token whatever the temperature. */
  sample: z.boolean().optional(),
  temperature: z.number().min(0).optional(),
})
export type TextDefaults = z.output<typeof textDefaultsSchema>
const drawDefaultsSchema = z.looseObject({
  width: count.optional(),
  height: count.optional(),
  steps: z.int().min(2).optional(),
  shift: z.number().positive().optional(),
  textScale: z.number().min(0).optional(),
  imageScale: z.number().min(0).optional(),
  interval: z.tuple([z.number(), z.number()]).optional(),
  renorm: renormSchema.optional(),
  renormMin: z.number().min(0).max(1).optional(),
  /** The same by another name. */
  renormMinimum: z.number().min(0).max(1).optional(),
  taylorSeer: z.boolean().optional(),
})
export type DrawDefaults = z.output<typeof drawDefaultsSchema>

const bagelBlockSchema = z.looseObject({
  layers: count,
  hidden: count,
  heads: count,
  keyValueHeads: count,
  headSize: count,
  vocabulary: count,
  /** Most rows that the model reads. */
  context: count,
  /** Channels of the autoencoder's latent. */
  latentChannels: count,
  /** Places of the latent along a side of a token. */
  latentPatch: count,
  /** Pixels along a side of a token. */
  latentDownsample: count,
  /** Side of the table of latent positions. */
  maxLatentSize: count,
  vitPatch: count,
  /** Side of the table of patch positions. */
  vitMaxPatches: count,
  /** latent = scale * (z - shift); `samples` says whether z is drawn from the encoder's distribution or is its mean. */
  vae: z.looseObject({ scale: z.number().positive(), shift: z.number(), samples: z.boolean().default(true) }),
  vaeTransform: transformSchema,
  vitTransform: transformSchema,
  specialTokens: z.looseObject({ start: tokenId, end: tokenId, visionStart: tokenId, visionEnd: tokenId }),
  prompts: z.looseObject({ understandThink: z.string(), generateThink: z.string() }),
  defaults: z
    .looseObject({
      read: textDefaultsSchema.prefault({}),
      draw: drawDefaultsSchema.default({}),
      edit: drawDefaultsSchema.default({}),
      think: textDefaultsSchema.prefault({}),
    })
    .prefault({}),
  /** Suggested sizes of pictures, the default first. */
  sizes: z.array(z.tuple([count, count])).optional(),
  /** What a small model was taught to talk about. */
  capabilities: z
    .looseObject({ subjects: z.array(z.string()), kinds: z.array(z.string()), sentence: z.string() })
    .optional(),
})
export type BagelFacts = z.output<typeof bagelBlockSchema>

export const bagelManifestSchema = z.looseObject({
  family: z.literal('bagel'),
  name: z.string().optional(),
  description: z.string().optional(),
  licence: z.string().optional(),
  /** What `graphs` are in. */
  precision: z.string().min(1).default('float32'),
  graphs: graphsSchema,
  /** Other precisions, each with the roles that differ from `graphs`. */
  precisions: z.record(z.string(), graphsSchema).default({}),
  defaultPrecision: z.string().optional(),
  bagel: bagelBlockSchema,
  /** Messages to begin with. */
  prompts: z.array(z.string()).optional(),
})
export type BagelManifest = z.output<typeof bagelManifestSchema>
