// What studio.json says of a causal language model. Unknown fields pass. The form is described in docs/graphs.md.

import * as z from 'zod'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex')
const count = z.int().min(1)
const file = z.string().min(1)

/** Drafters that are graphs of their own. */
export const drafterRoles = ['draft', 'early-exit', 'medusa', 'mtp', 'mtp-parallel'] as const
export type DrafterRole = (typeof drafterRoles)[number]

const drafterSchema = z.looseObject({
  file,
  /** SHA-256 of the target's weights that it was trained on. */
  target: sha256.optional(),
  layers: z.int().min(0).optional(),
  keyValueWidth: count.optional(),
  /** Heads that answer at once. */
  heads: count.optional(),
  /** Medusa's tree: each node a path of ranks, parents before children. */
  tree: z.array(z.array(z.int().min(0)).min(1)).optional(),
})

const precisionSchema = z.looseObject({ target: file, lower: file.optional(), upper: file.optional() })

export const languageManifestSchema = z.looseObject({
  family: z.literal('causal-lm'),
  name: z.string().optional(),
  description: z.string().optional(),
  licence: z.string().optional(),
  sizes: z.looseObject({
    layers: count,
    hidden: count,
    keyValueWidth: count,
    vocabulary: count,
    contextLength: count,
    exitLayers: z.int().min(0).default(0),
    draftVocabulary: z.int().min(0).default(0),
  }),
  beginToken: z.int().min(0).nullable().default(null),
  endTokens: z.array(z.int().min(0)).min(1),
  precisions: z
    .record(z.string(), precisionSchema)
    .refine((precisions) => Object.keys(precisions).length > 0, 'must name at least one precision'),
  defaultPrecision: z.string().optional(),
  drafters: z.partialRecord(z.enum(drafterRoles), drafterSchema).default({}),
  retrieval: z.looseObject({ file, licence: z.string().optional() }).optional(),
  prompts: z.array(z.string()).optional(),
})
export type LanguageManifest = z.output<typeof languageManifestSchema>
