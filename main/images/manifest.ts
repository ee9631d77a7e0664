// What studio.json may say of a Stable Diffusion 3 model, beyond what the files of a diffusers export say. Everything is
// optional but the family; unknown fields pass.

import { imageVocabularySchema } from '../../contract/models'
import * as z from 'zod'
import { imageRoles } from './image-run'

const side = z.int().min(16)
const triple = z.tuple([z.number(), z.number(), z.number()])

export const sd3ManifestSchema = z.looseObject({
  family: z.literal('sd3'),
  name: z.string().optional(),
  description: z.string().optional(),
  licence: z.string().optional(),
  precision: z.string().optional(),
  /** Files by role, from the folder; those of the usual places where absent. */
  graphs: z
    .partialRecord(
      z.enum(imageRoles),
      z.union([z.string(), z.looseObject({ file: z.string() }).transform((graph) => graph.file)]),
    )
    .optional(),
  defaults: z
    .looseObject({
      width: side.optional(),
      height: side.optional(),
      steps: z.int().min(1).optional(),
      guidanceScale: z.number().optional(),
      shift: z.number().positive().optional(),
    })
    .optional(),
  /** Suggested sizes, the default first. */
  sizes: z.array(z.tuple([side, side])).optional(),
  maxSide: side.optional(),
  /** Tokens that T5 reads. */
  t5Length: z.int().min(1).max(512).optional(),
  /** Linear map from latent channels to colours, for previews. */
  latentColours: z.object({ rows: z.array(triple), bias: triple }).optional(),
  /** Whether the preview decoder gives 0 to 1, as the original TAESD does, instead of -1 to 1. */
  previewRange: z.enum(['signed', 'unit']).optional(),
  /** Prompts to try. */
  prompts: z.array(z.string()).optional(),
  /** All that the model knows. */
  vocabulary: imageVocabularySchema.optional(),
})
export type Sd3Manifest = z.output<typeof sd3ManifestSchema>
