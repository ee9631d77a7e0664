import * as z from 'zod'
import { convolutionSchema, inspectionSourceSchema } from './inspection'
import { dimensionSizesSchema } from './inspection-counts'

// What was measured on this machine: time for each node, the machine's own limits, and blocks that could stand for a
// convolution. Median and 95th percentile throughout; one number would hide that a machine does other things too.

/** A job of kind `inspection`. */
export const measureRequestSchema = z.discriminatedUnion('measure', [
  z.object({
    measure: z.literal('profile'),
    source: inspectionSourceSchema,
    sizes: dimensionSizesSchema.default({}),
    /** Runs that count; as many as fit into some ten seconds, at least 10, where absent. */
    runs: z.number().int().min(3).max(1000).optional(),
    /** CPU threads; 0 is one a physical core. */
    threads: z.number().int().min(0).max(256).default(0),
  }),
  z.object({ measure: z.literal('roofline') }),
  z.object({
    measure: z.literal('blocks'),
    convolution: convolutionSchema,
    threads: z.number().int().min(0).max(256).default(1),
  }),
])
export type MeasureRequest = z.output<typeof measureRequestSchema>
export type MeasureRequestInput = z.input<typeof measureRequestSchema>

/** Milliseconds. */
export const spreadSchema = z.object({ median: z.number(), p95: z.number() })
export type Spread = z.infer<typeof spreadSchema>

/** Time of one kernel that the runtime ran, as its profile gives it. */
const kernelSchema = spreadSchema.extend({
  /** The runtime's own name for it after its rewriting of the graph. */
  name: z.string(),
  /** Such as `FusedConv` where the graph says Conv and Relu. */
  op: z.string(),
  provider: z.string(),
  /** Of the sum over all kernels, 0 to 1. */
  share: z.number(),
})

export const profileSchema = z.object({
  source: inspectionSourceSchema,
  /** As `Inspection.name`. */
  name: z.string(),
  sizes: dimensionSizesSchema,
  measuredAt: z.number(),
  provider: z.string(),
  threads: z.number().int(),
  /** Such as `onnxruntime 1.30.0`. */
  runtime: z.string(),
  runs: z.number().int(),
  warmUp: z.number().int(),
  /** One run of the whole graph. */
  total: spreadSchema,
  /** Sum of the kernels' medians; the rest of `total` is scheduling. */
  kernels: z.number(),
  /** At most one entry for each node of the graph: the kernels that compute it together. */
  nodes: z.array(
    kernelSchema.extend({
      /** Index of the graph's node that the time is shown at: the one with the most multiply-adds of those it computes. */
      node: z.number().int(),
      /** The other nodes that the same kernel computes. */
      fused: z.array(z.number().int()),
      /** Multiply-adds a second of all of them; null where they have none or it is unknown. */
      macsPerSecond: z.number().nullable(),
    }),
  ),
  /** Kernels of no node of the graph: changes of layout and type. */
  inserted: z.array(kernelSchema),
  /** Share of the kernels' time that is mapped to nodes, 0 to 1. */
  mapped: z.number(),
})
export type Profile = z.infer<typeof profileSchema>

/** What this machine can do at most, measured. */
export const rooflineSchema = z.object({
  measuredAt: z.number(),
  runtime: z.string(),
  /** A float32 matrix product of 1024 x 1024 x 1024: multiply-adds a second in the fastest of its runs. */
  peaks: z.array(z.object({ threads: z.number().int(), macsPerSecond: z.number(), milliseconds: spreadSchema })),
  /** Bytes read and written a second by the fastest of some copies of 64 MB in memory, on one thread. */
  bytesPerSecond: z.number(),
})
export type Roofline = z.infer<typeof rooflineSchema>

export const blockNameSchema = z.enum([
  'standard',
  'bottleneck',
  'grouped-shuffle',
  'depthwise-separable',
  'fire',
  'inverted-residual',
  'ghost',
  'shufflenet-v2',
])
export type BlockName = z.infer<typeof blockNameSchema>

/** One form of a convolution. Counts are exact, without biases. */
export const blockSchema = z.object({
  name: blockNameSchema,
  /** What it is, in words with its numbers: `1 x 1 to 32, 3 x 3, 1 x 1 to 128`. */
  description: z.string(),
  /** Why it cannot take this convolution's place; null where it can. What cannot is counted as 0 and not measured. */
  refused: z.string().nullable(),
  parameters: z.number(),
  macs: z.number(),
  /** Elements read and written by all of its operators. */
  elementsMoved: z.number(),
  /** Share of `elementsMoved` that operators without a matrix product move: G4 counts depthwise among them. */
  elementwiseShare: z.number(),
})
export type Block = z.infer<typeof blockSchema>

/** Which of the ShuffleNetV2 guidelines explains a time, in words with the block's numbers. */
export const guidelineSchema = z.object({ name: z.enum(['G1', 'G2', 'G3', 'G4']), sentence: z.string() })
export type Guideline = z.infer<typeof guidelineSchema>

export const measuredBlockSchema = blockSchema.extend({
  /** Null where it was refused. */
  milliseconds: spreadSchema.nullable(),
  macsPerSecond: z.number().nullable(),
  /** True where it has fewer multiply-adds than another block and yet was not faster by as much as 5 %. */
  slowerThanItsMacs: z.boolean(),
  /** Explains that, where it is so; empty otherwise, or where none of the four does. */
  guidelines: z.array(guidelineSchema),
})
export type MeasuredBlock = z.infer<typeof measuredBlockSchema>

export const measuredBlocksSchema = z.object({
  convolution: convolutionSchema,
  measuredAt: z.number(),
  threads: z.number().int(),
  runtime: z.string(),
  runs: z.number().int(),
  blocks: z.array(measuredBlockSchema),
})
export type MeasuredBlocks = z.infer<typeof measuredBlocksSchema>
