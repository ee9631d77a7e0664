// What a graph says of weights that no file holds: they are made while it loads, of 4-bit codes that lie beside it.

import * as z from 'zod'

/** The metadata's key. */
export const requantisedKey = 'atelier.requantised'

/** Columns that share a scale and a minimum in the stored form. */
export const storedBlock = 32

const offset = z.int().min(0)

const matrixSchema = z.object({
  /** The file beside the graph that holds the 4-bit codes. */
  from: z.string().min(1),
  rows: z.int().min(1),
  columns: z.int().min(storedBlock).multipleOf(storedBlock),
  /** Columns that share a scale and a zero point in the made form. */
  block: z.literal([32, 64, 128, 256]),
  /** Places in that file: uint8 [rows, columns / 32, 16], float16 [rows, columns / 32] twice. */
  codes: offset,
  scale: offset.multipleOf(2),
  minimum: offset.multipleOf(2),
  /** Places in the made file of uint8 [rows, blocks, block], float32 [rows, blocks], uint8 [rows, blocks]. */
  to: z.tuple([offset, offset.multipleOf(4), offset]),
})
export type RequantisedMatrix = z.output<typeof matrixSchema>

const planSchema = z
  .object({
    /** The name under which the graph asks for what is made. */
    file: z.string().min(1),
    bytes: z.int().min(1),
    matrices: z.array(matrixSchema).min(1),
  })
  .refine(({ bytes, matrices }) => matrices.every((matrix) => madeEnd(matrix) <= bytes), 'places a matrix past its end')
export type RequantisedPlan = z.output<typeof planSchema>

/** @throws SyntaxError, or ZodError where the text is no such plan */
export function readRequantisedPlan(text: string): RequantisedPlan {
  return planSchema.parse(JSON.parse(text))
}

/** Blocks in a row of the made form, the last one filled up with zeros. */
export function madeBlocks({ columns, block }: Pick<RequantisedMatrix, 'columns' | 'block'>): number {
  return Math.ceil(columns / block)
}

/** Where the matrix's bytes end in the file that it is made of. */
export function storedEnd({ rows, columns, codes, scale, minimum }: RequantisedMatrix): number {
  const blocks = rows * (columns / storedBlock)
  return Math.max(codes + (blocks * storedBlock) / 2, Math.max(scale, minimum) + 2 * blocks)
}

function madeEnd(matrix: RequantisedMatrix): number {
  const blocks = matrix.rows * madeBlocks(matrix)
  const [codes, scale, zero] = matrix.to
  return Math.max(codes + blocks * matrix.block, scale + 4 * blocks, zero + blocks)
}
