import * as z from 'zod'

// What a model costs at chosen sizes of its free dimensions. Columns instead of rows, so that thousands of nodes travel
// in little room and are made in little time. Unknown is null, never 0.

/** Sizes of free dimensions by name; those that are left out stay unknown. */
export const dimensionSizesSchema = z.record(
  z.string().max(400),
  z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1),
)
export type DimensionSizes = z.infer<typeof dimensionSizesSchema>

const column = z.array(z.number().nullable())

/** One column for each quantity, all of one length. */
export const costColumnsSchema = z.object({
  /** Parameters of the weights that are counted here: shared ones at their first use. */
  parameters: z.array(z.number()),
  /** Bytes of those weights as stored. */
  storedBytes: z.array(z.number()),
  /** Multiply-adds; one is two FLOPs where others count those. */
  macs: column,
  /** Other operations on single elements: additions of a sum, exponentials, comparisons. */
  elementOps: column,
  /** Bytes read and written: inputs, weights and outputs, each once for each node that touches it. */
  bytesMoved: column,
})
export type CostColumns = z.infer<typeof costColumnsSchema>

export const inspectionCountsSchema = z.object({
  /** The sizes that were counted with: those that were given, and those that follow from them. */
  sizes: dimensionSizesSchema,
  /** Free dimensions that are still without a size. */
  missing: z.array(z.string()),
  /** Of each tensor; read by `shapeAt`. Thousands of tensors have a few shapes, so each stands here once. */
  shapes: z.object({
    /** Null where a rank is unknown, null within where a size is. */
    different: z.array(z.array(z.number().nullable()).nullable()),
    /** Of each tensor, in the inspection's order: which of them it has. */
    ofTensor: z.array(z.number().int()),
  }),
  /** Element types as inferred, in the same order. */
  dtypes: z.array(z.string().nullable()),
  nodes: costColumnsSchema,
  /** Of each scope: the sum of its nodes and of the scopes in it; null as soon as one of them is unknown. */
  scopes: costColumnsSchema.extend({
    /** The sums of what is known: a lower bound where `macs` is null. */
    macsAtLeast: z.array(z.number()),
    /** Nodes in it, those of the scopes in it included. */
    nodeCounts: z.array(z.number().int()),
    /** How many of them have an unknown cost. */
    unknown: z.array(z.number().int()),
  }),
  /** Nodes without a full count, and why, in words. */
  unknown: z.array(z.object({ node: z.number().int(), reason: z.string() })),
  /** Nodes whose count rests on an assumption, such as the dearer branch of an If. */
  assumed: z.array(z.object({ node: z.number().int(), assumption: z.string() })),
  /** The most bytes of activations alive at once when nodes run in order, inputs and outputs included. */
  peakActivation: z.object({
    /** Null where a shape on the way is unknown. */
    bytes: z.number().nullable(),
    /** Node at which it is reached. */
    node: z.number().int().nullable(),
    /** Alive while each top node runs, in order; null where unknown. */
    live: column,
  }),
  /** Time that counting took, in milliseconds. */
  milliseconds: z.number(),
})
export type InspectionCounts = z.infer<typeof inspectionCountsSchema>

/** The shape of a tensor as it was counted; null where its rank is unknown, or nothing was counted. */
export function shapeAt(counts: InspectionCounts | null, tensor: number): readonly (number | null)[] | null {
  return counts?.shapes.different[counts.shapes.ofTensor[tensor] ?? -1] ?? null
}
