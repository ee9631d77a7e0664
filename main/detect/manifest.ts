// What studio.json says of a detector. Unknown fields pass. The form is described in docs/graphs.md.

import * as z from 'zod'

const count = z.int().min(1)
const file = z.union([z.string().min(1), z.looseObject({ file: z.string().min(1) }).transform((graph) => graph.file)])
const three = z.tuple([z.number(), z.number(), z.number()])
const stds = z.tuple([z.number(), z.number(), z.number(), z.number()])

/** `detect` runs the whole network; `rpn` and `head` are its two stages, for looking between them. */
const graphsSchema = z.looseObject({ detect: file.optional(), rpn: file.optional(), head: file.optional() })
export type DetectorGraphFiles = z.output<typeof graphsSchema>

const inputSchema = z.looseObject({
  width: count,
  height: count,
  resize: z.looseObject({
    mode: z.enum(['stretch', 'letterbox']),
    filter: z.enum(['box', 'bilinear', 'bicubic', 'lanczos']),
    antialias: z.boolean().default(true),
    /** Level of the bars of a letterbox, and where the picture is between them. */
    fill: z.int().min(0).max(255).default(114),
    align: z.enum(['centre', 'corner']).default('centre'),
  }),
  channelOrder: z.enum(['RGB', 'BGR']).default('RGB'),
  scale: z.number().positive(),
  mean: three,
  std: three,
})

const thunderNetSchema = z.looseObject({
  architecture: z.literal('thundernet'),
  backbone: z.string().default(''),
  input: inputSchema,
  anchors: z.looseObject({
    stride: count,
    sides: z.array(z.number().positive()).min(1),
    ratios: z.array(z.number().positive()).min(1),
    /** Pixels from a cell's corner to the centre of its anchors: 0, or half a stride. */
    offset: z.number(),
  }),
  rpn: z.looseObject({
    scores: z.literal('logits'),
    boxStds: stds,
    topBeforeNms: count,
    nmsThreshold: z.number(),
    topAfterNms: count,
  }),
  head: z.looseObject({
    boxStds: stds,
    classAgnosticBoxes: z.literal(true),
    scores: z.literal('probabilities'),
    backgroundIndex: z.int().min(0),
  }),
  /** The most that a box's sides may grow, as a logarithm. */
  deltaLimit: z.number(),
  defaults: z.looseObject({ scoreThreshold: z.number(), nmsThreshold: z.number() }),
  calibration: z.looseObject({ statement: z.string() }).optional(),
  classes: z.array(z.looseObject({ id: z.int().min(0), name: z.string(), emoji: z.string().optional() })).min(1),
})

export const detectorManifestSchema = z.looseObject({
  family: z.literal('detector'),
  name: z.string().optional(),
  description: z.string().optional(),
  licence: z.string().optional(),
  /** What `graphs` are in. */
  precision: z.string().min(1).default('float32'),
  graphs: graphsSchema,
  /** Other precisions, each with the graphs that differ from `graphs`. */
  precisions: z.record(z.string(), graphsSchema).default({}),
  defaultPrecision: z.string().optional(),
  detector: thunderNetSchema,
})
export type DetectorManifest = z.output<typeof detectorManifestSchema>
export type ThunderNetManifest = DetectorManifest['detector']
