import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { cp, readFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { float16To32, float32To16 } from '../../tensor/float16'
import { readGraphOutline } from '../graph-outline'
import { temporaryFolder } from '../testing/sample-graphs'
import { madeWeights } from './made-weights'
import { madeBlocks, readRequantisedPlan, storedBlock, type RequantisedMatrix } from './plan'
import { requantise } from './requantise'

const tiny = 'test-fixtures/models/tiny-causal-lm'
const folder = temporaryFolder()
afterAll(() => folder.remove())

interface Stored {
  readonly rows: number
  readonly columns: number
  readonly block: 32 | 64 | 128 | 256
  readonly codes: readonly number[]
  readonly scales: readonly number[]
  readonly minima: readonly number[]
}

const stored = fc
  .record({
    rows: fc.integer({ min: 1, max: 4 }),
    blocks: fc.integer({ min: 1, max: 9 }),
    block: fc.constantFrom(32, 64, 128, 256),
  })
  .chain(({ rows, blocks, block }) => {
    const many = <T>(value: fc.Arbitrary<T>, count: number) => fc.array(value, { minLength: count, maxLength: count })
    const number = fc.double({ min: -4, max: 4, noNaN: true })
    return fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(blocks * storedBlock),
      block: fc.constant(block),
      codes: many(fc.nat({ max: 255 }), (rows * blocks * storedBlock) / 2),
      scales: many(fc.oneof(fc.constant(0), number), rows * blocks),
      minima: many(fc.oneof(fc.constant(0), number), rows * blocks),
    })
  })

/** The stored matrix as bytes, and where it lies in them. */
function packed({ rows, columns, block, codes, scales, minima }: Stored): {
  matrix: RequantisedMatrix
  bytes: Uint8Array
} {
  const halves = (values: readonly number[]) => new Uint8Array(float32To16(Float32Array.from(values)).buffer)
  const parts = [Uint8Array.from(codes), halves(scales), halves(minima)]
  const [scale, minimum] = [codes.length, codes.length + 2 * scales.length]
  const blocks = rows * madeBlocks({ columns, block })
  const to: [number, number, number] = [0, blocks * block, blocks * (block + 4)]
  return {
    matrix: { from: 'weights.data', rows, columns, block, codes: 0, scale, minimum, to },
    bytes: Buffer.concat(parts),
  }
}

/** Every weight of the stored form. */
function values({ rows, columns, codes, scales, minima }: Stored): number[] {
  const rounded = (all: readonly number[]) => float16To32(float32To16(Float32Array.from(all)))
  const [d, m] = [rounded(scales), rounded(minima)]
  return Array.from({ length: rows * columns }, (_, at) => {
    const pair = codes[at >> 1]!
    const block = Math.floor(at / storedBlock)
    return d[block]! * (at % 2 === 0 ? pair & 15 : pair >> 4) + m[block]!
  })
}

describe('weights made of 4-bit codes', () => {
  it('lie within one of 255 steps of the stored ones, and are zero past the last column', () => {
    fc.assert(
      fc.property(stored, (matrixOf) => {
        const { matrix, bytes } = packed(matrixOf)
        const [blocks, width] = [madeBlocks(matrix), matrix.block]
        const made = new Uint8Array(matrix.rows * blocks * (width + 5))
        requantise(matrix, bytes, made)
        const expected = values(matrixOf)
        const steps = new Float32Array(made.buffer, matrix.to[1], matrix.rows * blocks)
        for (let row = 0; row < matrix.rows; row += 1) {
          for (let column = 0; column < blocks * width; column += 1) {
            const block = row * blocks + Math.floor(column / width)
            const code = made[row * blocks * width + column]!
            const value = steps[block]! * (code - made[matrix.to[2] + block]!)
            const wanted = column < matrix.columns ? expected[row * matrix.columns + column]! : 0
            expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1.001 * steps[block]!)
            if (column >= matrix.columns) expect(value).toBe(0)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('are byte for byte what the exporter checked its graphs with', async () => {
    const outline = readGraphOutline(join(tiny, 'target-int8.onnx'))
    const [made] = (await madeWeights(outline))!
    const golden = JSON.parse(await readFile('test-fixtures/goldens/speculation/requantised.json', 'utf8')) as object
    const parts = outline.requantised!.matrices.flatMap((matrix) => {
      const blocks = matrix.rows * madeBlocks(matrix)
      return [matrix.block * blocks, 4 * blocks, blocks].map((length, part) =>
        made!.data.subarray(matrix.to[part], matrix.to[part]! + length),
      )
    })
    const hashes = parts.map((bytes) => createHash('sha256').update(bytes).digest('hex'))
    expect(hashes).toEqual(Object.values(golden))
  })

  it('belong to the graph’s files by what they are made of, and count as what is loaded', async () => {
    const { paths, bytes, requantised } = readGraphOutline(join(tiny, 'target-int8.onnx'))
    expect(paths.map((path) => path.split(/[\\/]/).at(-1)).sort()).toEqual([
      'embedding.data',
      'target-int8.onnx',
      'weights.data',
    ])
    const sizes = await Promise.all(
      [paths[0]!, join(tiny, 'embedding.data')].map(async (path) => (await readFile(path)).length),
    )
    expect(bytes).toBe(sizes[0]! + sizes[1]! + requantised!.bytes)
  })

  it('are refused by name where what they are made of is missing or cut off', async () => {
    const copy = join(folder.path, 'copy')
    await cp(tiny, copy, { recursive: true })
    await truncate(join(copy, 'weights.data'), 1000)
    expect(() => readGraphOutline(join(copy, 'target-int8.onnx'))).toThrow(/weights\.data.*cut off/)
    await rm(join(copy, 'weights.data'))
    expect(() => readGraphOutline(join(copy, 'target-int8.onnx'))).toThrow(/weights\.data.*missing/)
  })

  it.each([
    ['no JSON', '{'],
    ['nothing to make', '{"file":"made.data","bytes":8,"matrices":[]}'],
    [
      'a place past its end',
      '{"file":"made.data","bytes":64,"matrices":[{"from":"w","rows":1,"columns":32,"block":64,"codes":0,"scale":16,"minimum":18,"to":[0,64,68]}]}',
    ],
  ])('are not made by a plan with %s', (_, text) => {
    expect(() => readRequantisedPlan(text)).toThrow()
  })
})
