import * as z from 'zod'
import { inspectionIdSchema, modelIdSchema } from './ids'

// What the Inspector knows of a model's file, read without its weights. Everything that depends on the sizes of free
// dimensions is in inspection-counts.ts; what was measured on this machine in inspection-measures.ts.

/** Which file to open. */
export const inspectionSourceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('model'),
    modelId: modelIdSchema,
    /** One of `inspection.graphs`; the largest where absent. */
    graph: z.string().max(400).optional(),
  }),
  /** A file on the machine that the core runs on: .onnx, .safetensors or .gguf. */
  z.object({ kind: z.literal('path'), path: z.string().min(1).max(4096) }),
  /** A file handed over by `inspection.upload`. */
  z.object({ kind: z.literal('upload'), uploadId: z.uuid() }),
])
export type InspectionSource = z.infer<typeof inspectionSourceSchema>

/** A file of a library model that can be inspected. */
export const inspectableGraphSchema = z.object({
  /** Its name within the model, such as `transformer` or `target-int4`: what `InspectionSource.graph` takes. */
  name: z.string(),
  /** Relative to the model's folder. */
  file: z.string(),
  /** Of the file alone, without what lies beside it. */
  bytes: z.number(),
})
export type InspectableGraph = z.infer<typeof inspectableGraphSchema>

/** A dimension: a number, the name of a free one, or null where the file says nothing. */
export const dimensionSchema = z.union([z.number(), z.string(), z.null()])
export type Dimension = z.infer<typeof dimensionSchema>

/** Anything that an arrow of the graph stands for: an input, a weight, a node's output. Referred to by its index. */
export const inspectedTensorSchema = z.object({
  name: z.string(),
  /** Such as `float32`; null where only running the graph would tell. */
  dtype: z.string().nullable(),
  /** As the file declares it; null where it does not. Sizes at chosen dimensions are `counts.shapes`. */
  shape: z.array(dimensionSchema).nullable(),
  /** Index into `weights` where the file holds its values. */
  weight: z.number().int().nullable(),
})
export type InspectedTensor = z.infer<typeof inspectedTensorSchema>

export const inspectedNodeSchema = z.object({
  /** As in the file; may be empty. */
  name: z.string(),
  op: z.string(),
  /** Empty for ONNX's own operators. */
  domain: z.string(),
  /** Index into `scopes`: the innermost one that it lies in. */
  scope: z.number().int(),
  /** Indices into `tensors`; -1 where an optional input or output is left out. */
  inputs: z.array(z.number().int()),
  outputs: z.array(z.number().int()),
  /**
   * Index of the If, Loop or Scan whose body it belongs to; null at the top. What a body costs is part of the outer node's
   * cost, so totals add up the top alone.
   */
  within: z.number().int().nullable(),
})
export type InspectedNode = z.infer<typeof inspectedNodeSchema>

/** A part of the model, by the names of its nodes. The first scope is the whole; parents come before children. */
export const inspectedScopeSchema = z.object({
  /** The last part of its path, such as `attn`. */
  name: z.string(),
  /** `/`-separated; empty for the whole. */
  path: z.string(),
  parent: z.number().int().nullable(),
})
export type InspectedScope = z.infer<typeof inspectedScopeSchema>

export const inspectedWeightSchema = z.object({
  /** Index into `tensors`. */
  tensor: z.number().int(),
  dtype: z.string(),
  shape: z.array(z.number()),
  /**
   * How many parameters of the model it holds: its elements; those of the matrix where several are packed into a byte; 0 for
   * what is no parameter (axes, shapes, scalars, scales and zero points, running statistics).
   */
  parameters: z.number(),
  /** Bytes as stored. */
  bytes: z.number(),
  /** Where the values lie: in the file itself, in `file` beside it, or nowhere that can be read (`absent`). */
  place: z.enum(['graph', 'file', 'absent']),
  file: z.string().nullable(),
  /** Node that uses it first: where its parameters are counted. Null where none does. */
  node: z.number().int().nullable(),
})
export type InspectedWeight = z.infer<typeof inspectedWeightSchema>

/** A file beside the graph that holds weights. */
export const weightFileSchema = z.object({
  /** As the graph names it. */
  location: z.string(),
  /** Bytes that the graph needs of it. */
  needed: z.number(),
  state: z.enum(['there', 'missing', 'short', 'refused']),
  /** What is wrong, in words; null where nothing is. */
  problem: z.string().nullable(),
})
export type WeightFile = z.infer<typeof weightFileSchema>

/** A free dimension of the inputs, or a size that only a run can tell: a number field. */
export const freeDimensionSchema = z.object({
  name: z.string(),
  /** A size that suits its name, to begin with: 1 for a batch. Nothing is counted with it until it is asked for. */
  suggested: z.number().int(),
  /** Where its name is a sum of others, such as `P + S`: what it is when it is not given. */
  formula: z.string().nullable(),
  /** Where it stands, such as `input_ids, axis 1`. */
  uses: z.array(z.string()),
  /** Whether no input has it: passes of a Loop, boxes that are kept. What is given for it is an assumption. */
  isFoundInRun: z.boolean(),
})
export type FreeDimension = z.infer<typeof freeDimensionSchema>

/** What a file holds, once, for one view of it: counts, tensors and node cards are asked for by its id. */
export const inspectionSchema = z.object({
  id: inspectionIdSchema,
  source: inspectionSourceSchema,
  /** File name, with the folder that tells it apart: `transformer/model.onnx`. A file that was handed over has its own name. */
  name: z.string(),
  path: z.string(),
  format: z.enum(['onnx', 'safetensors', 'gguf']),
  header: z.object({
    irVersion: z.number().nullable(),
    /** The first is ONNX's own, as domain ''. */
    opsets: z.array(z.object({ domain: z.string(), version: z.number() })),
    producer: z.string(),
    graphName: z.string(),
    description: z.string(),
    metadata: z.array(z.object({ key: z.string(), value: z.string() })),
    /** Model-local functions, with the number of their nodes. */
    functions: z.array(z.object({ name: z.string(), domain: z.string(), nodes: z.number().int() })),
  }),
  /** Of the file without the weights in it. */
  graphBytes: z.number(),
  /** Of all weights, wherever they lie. */
  weightBytes: z.number(),
  parameters: z.number(),
  /** The element types of the weights, those with the most bytes first. */
  precisions: z.array(z.object({ dtype: z.string(), parameters: z.number(), bytes: z.number() })),
  weightFiles: z.array(weightFileSchema),
  /** Indices into `tensors`. */
  inputs: z.array(z.number().int()),
  outputs: z.array(z.number().int()),
  dimensions: z.array(freeDimensionSchema),
  tensors: z.array(inspectedTensorSchema),
  /** In topological order; the bodies of If, Loop and Scan after their node. */
  nodes: z.array(inspectedNodeSchema),
  scopes: z.array(inspectedScopeSchema),
  /** How the scopes were found: from the nodes' own names, or from those of the weights that they use. */
  scopesFrom: z.enum(['nodes', 'weights']),
  weights: z.array(inspectedWeightSchema),
  operators: z.array(z.object({ op: z.string(), domain: z.string(), nodes: z.number().int() })),
  /** What a reader should know, in words: operators that are not counted, a cycle, weights that are not there. */
  notes: z.array(z.string()),
})
export type Inspection = z.infer<typeof inspectionSchema>

/** A number, or its name where JSON has none for it. */
export const anyNumberSchema = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])
export type AnyNumber = z.infer<typeof anyNumberSchema>

/** A weight's values, read on demand and nothing else of the file. */
export const tensorViewSchema = z.object({
  name: z.string(),
  dtype: z.string(),
  shape: z.array(z.number()),
  elements: z.number(),
  bytes: z.number(),
  /** How many of the elements the statistics and the histogram are of: all, or runs that lie evenly over a large tensor. */
  counted: z.number(),
  /** Over the finite values; null where there is none. */
  statistics: z
    .object({
      minimum: z.number(),
      maximum: z.number(),
      mean: z.number(),
      standardDeviation: z.number(),
    })
    .nullable(),
  /** Shares of the counted values, 0 to 1. */
  zeros: z.number(),
  nans: z.number(),
  infinities: z.number(),
  /** Counts in bins of equal width from `low` to `high`, the finite values' minimum and maximum. */
  histogram: z.object({ low: z.number(), high: z.number(), counts: z.array(z.number()) }).nullable(),
  first: z.array(anyNumberSchema),
  /** A part of a plane through the tensor: the last two axes unless asked otherwise. */
  slice: z.object({
    rowAxis: z.number().int().nullable(),
    columnAxis: z.number().int().nullable(),
    /** Position on every axis; those of the two axes are where the slice begins. */
    at: z.array(z.number().int()),
    rows: z.number().int(),
    columns: z.number().int(),
    /** Row by row. */
    values: z.array(anyNumberSchema),
  }),
})
export type TensorView = z.infer<typeof tensorViewSchema>

/** A convolution's size, as blocks are compared by it. */
export const convolutionSchema = z.object({
  kernel: z.number().int().min(1).max(31),
  inputChannels: z.number().int().min(1).max(16384),
  outputChannels: z.number().int().min(1).max(16384),
  /** Of the input. */
  height: z.number().int().min(1).max(4096),
  width: z.number().int().min(1).max(4096),
  stride: z.number().int().min(1).max(8).default(1),
  groups: z.number().int().min(1).max(16384).default(1),
})
export type Convolution = z.infer<typeof convolutionSchema>

/** How a tensor at a node is quantised: real = scale × (stored − zero point). */
export const quantisationSchema = z.object({
  /** Which of the node's tensors, such as `B` or `output`. */
  role: z.string(),
  /** Index into `tensors`. */
  tensor: z.number().int(),
  /** Of the codes; null where the file does not say. */
  dtype: z.string().nullable(),
  /** Of a code, where several are packed into a byte; null otherwise. */
  bits: z.number().int().nullable(),
  /** In words: the number, or how many there are and their range; null where another node applies it. */
  scale: z.string().nullable(),
  zeroPoint: z.string(),
  /** Along which each slice has a scale of its own; null where there is one scale. */
  axis: z.number().int().nullable(),
  /** Elements along the axis that share a scale; null where a whole slice does. */
  blockSize: z.number().int().nullable(),
})
export type Quantisation = z.infer<typeof quantisationSchema>

/** What a node's card shows beyond the list. */
export const nodeDetailSchema = z.object({
  node: z.number().int(),
  description: z.string(),
  attributes: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      /** As text, cut off where it is long. */
      value: z.string(),
    }),
  ),
  /** How its multiply-adds are counted, in the reference's words: `N Co H W (Ci/g) k²`; null where it has none. */
  formula: z.string().nullable(),
  /** Of its inputs, weights and outputs; those that a neighbour turns into codes or back are among them. */
  quantisation: z.array(quantisationSchema),
  /** What it is as a square two-dimensional convolution at these dimensions; null where it is none. */
  convolution: convolutionSchema.nullable(),
  /**
   * Of a depthwise convolution and the pointwise one after it, or the other way about: the plain convolution that they stand
   * for, and how many times their multiply-adds it would take.
   */
  separable: z
    .object({
      depthwise: z.number().int(),
      pointwise: z.number().int(),
      plain: convolutionSchema,
      times: z.number(),
    })
    .nullable(),
})
export type NodeDetail = z.infer<typeof nodeDetailSchema>

const changeSchema = z.object({ what: z.string(), before: z.string(), after: z.string() })

/** How a second model differs from a first. Indices are of each one's own inspection. */
export const inspectionDifferenceSchema = z.object({
  header: z.array(changeSchema),
  nodes: z.object({
    added: z.array(z.number().int()),
    removed: z.array(z.number().int()),
    changed: z.array(z.object({ before: z.number().int(), after: z.number().int(), changes: z.array(changeSchema) })),
    same: z.number().int(),
    /** Those of `removed` and `added` that hang together beside a changed node: what an operator's change took with it. */
    groups: z.array(
      z.object({
        /** Index into `changed`. */
        around: z.number().int(),
        removed: z.array(z.number().int()),
        added: z.array(z.number().int()),
      }),
    ),
  }),
  /** Indices into `weights`. */
  weights: z.object({
    added: z.array(z.number().int()),
    removed: z.array(z.number().int()),
    changed: z.array(z.object({ before: z.number().int(), after: z.number().int(), changes: z.array(changeSchema) })),
    same: z.number().int(),
  }),
})
export type InspectionDifference = z.infer<typeof inspectionDifferenceSchema>
