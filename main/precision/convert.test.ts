import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { recipeSchema, type ColumnName } from '../../contract/precision'
import { signalToNoise } from '../../contract/precision-statistics'
import { openGraph } from '../runtime/open-graph'
import { profileGraph } from '../runtime/profile-graph'
import { convertGraph, lowLayers } from './convert'
import { EditableGraph } from './editable-graph'
import { makeFloatGraph } from './float-graph'
import { seededFeeds } from './graph-subject'
import { searchMix, type MixSearchOptions } from './mix-search'
import { quantisedValues } from './static-graph'
import { kernelsOf } from './truth'
import { VariantStore } from './variant-store'
import { weightLayers } from './weight-layers'

const folder = mkdtempSync(join(tmpdir(), 'atelier-convert-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const models = new URL('../../test-fixtures/models/', import.meta.url).pathname
const transformer = join(models, 'tiny-sd3', 'transformer', 'model.onnx')
const sizes = { height: 8, width: 8, sequence_length: 6 }

function floatGraph(path: string): EditableGraph {
  const graph = EditableGraph.read(path)
  makeFloatGraph(graph)
  return graph
}

async function outputOf(path: string): Promise<Float32Array> {
  const session = await openGraph({ path, role: 'transformer', provider: 'cpu', threads: 1 })
  try {
    const [output] = Object.values(await session.run(seededFeeds(session, 5, sizes)))
    return output!.data as Float32Array
  } finally {
    await session.release()
  }
}

/** Ranges of every value of the static form, from the run that is then measured. */
async function rangesFor(base: EditableGraph): Promise<Map<string, { low: number; high: number }>> {
  const graph = base.copy()
  const names = [...quantisedValues(graph, lowLayers(graph, recipeSchema.parse({ column: 'int8-static' })))]
  for (const name of names) graph.addOutput(name)
  const path = join(folder, 'ranges.onnx')
  graph.write(path)
  const session = await openGraph({ path, role: 'ranges', provider: 'cpu', threads: 1 })
  const outputs = await session.run(seededFeeds(session, 5, sizes), names)
  await session.release()
  return new Map(
    names.map((name) => {
      const values = outputs[name]!.data as Float32Array
      return [name, { low: Math.min(...values), high: Math.max(...values) }]
    }),
  )
}

/** Least signal to noise that each column of a network with random weights keeps, and what must have run. */
const columns: readonly (readonly [ColumnName, number, string | null])[] = [
  ['fp16', 45, null],
  ['fp16-emulated', 45, 'Cast'],
  ['bf16', 30, 'Cast'],
  ['fp8-e4m3', 12, 'Cast'],
  ['fp8-e5m2', 8, 'Cast'],
  ['int8-dynamic', 25, 'DynamicQuantizeMatMul'],
  ['int8-static', 22, 'QLinearMatMul'],
  ['int8-weights', 30, 'MatMulNBits'],
  ['int4', 8, 'MatMulNBits'],
]

describe('a float32 graph', () => {
  const base = floatGraph(transformer)
  const reference = join(folder, 'fp32.onnx')
  base.copy().write(reference)

  it('gives the same numbers as the graph that it was made of', async () => {
    expect(await outputOf(reference)).toEqual(await outputOf(transformer))
  })

  it.each(columns)('as %s keeps at least %d dB', async (column, least, operator) => {
    const graph = base.copy()
    const recipe = recipeSchema.parse({ column })
    convertGraph(graph, recipe, column === 'int8-static' ? await rangesFor(base) : new Map())
    const path = join(folder, `${column}.onnx`)
    graph.write(path)
    const ratio = signalToNoise(await outputOf(reference), await outputOf(path))
    expect(ratio).toBeGreaterThan(least)
    // A column that rounds nothing would be exact, and would say nothing.
    expect(ratio).toBeLessThan(100)
    if (operator === null) return
    const session = await openGraph({ path, role: 'transformer', provider: 'cpu', threads: 1 })
    const feeds = seededFeeds(session, 5, sizes)
    await session.release()
    const events = await profileGraph({ path, role: 'transformer', provider: 'cpu', threads: 1, runs: 2 }, feeds)
    expect(kernelsOf(events).find((kernel) => kernel.operator === operator)?.count ?? 0).toBeGreaterThan(5)
  })

  it('with every layer kept is the reference again', async () => {
    const keep = weightLayers(base).map(({ name }) => name)
    const graph = base.copy()
    convertGraph(graph, recipeSchema.parse({ column: 'int8-dynamic', keep }))
    const path = join(folder, 'kept.onnx')
    graph.write(path)
    expect(await outputOf(path)).toEqual(await outputOf(reference))
  })

  /** What a column measures that keeps these layers: its graph is made and run, as for any column. */
  async function measured(
    column: 'int4' | 'int8-static',
    keep: readonly string[],
    ranges = new Map(),
  ): Promise<number> {
    const graph = base.copy()
    convertGraph(graph, recipeSchema.parse({ column, keep: [...keep] }), ranges)
    const path = join(folder, 'mix.onnx')
    graph.write(path)
    return signalToNoise(await outputOf(reference), await outputOf(path)) as number
  }

  async function search(
    column: 'int4' | 'int8-static',
    targetDecibels: number,
    options: Partial<MixSearchOptions>,
    isCancelled = (): boolean => false,
  ) {
    const session = await openGraph({ path: reference, role: 'transformer', provider: 'cpu', threads: 1 })
    const feeds = seededFeeds(session, 5, sizes)
    await session.release()
    return searchMix({
      base,
      request: { low: recipeSchema.parse({ column }), targetDecibels, cost: 'bytes' },
      ranges: new Map(),
      costs: new Map(),
      canRaiseAll: false,
      measure: (keep) => measured(column, keep),
      setting: { store: new VariantStore(folder), provider: 'cpu', threads: 1, feeds, isCancelled },
      onProgress: () => undefined,
      ...options,
    })
  }

  it('is searched for the mix that meets a target, which fewer layers than all of them do', async () => {
    const result = await search('int4', 24, {})
    expect(result.met).toBe(true)
    expect(result.recipe.keep.length).toBeGreaterThan(0)
    expect(result.recipe.keep.length).toBeLessThan(result.alone.length)
    // The mix that was found by switches is the mix that the converter makes.
    const { raised, sqnr } = result.measured.at(-1)!
    expect(raised).toBe(result.recipe.keep.length)
    expect(await measured('int4', result.recipe.keep)).toBe(sqnr)
    expect(sqnr).toBeCloseTo(result.steps.at(-1)!.sqnr as number, 1)
  })

  it('is not taken by what the switches say: codes between static layers count, and more layers are raised for them', async () => {
    const ranges = await rangesFor(base)
    const measure = (keep: readonly string[]): Promise<number> => measured('int8-static', keep, ranges)
    const all = weightLayers(base).map(({ name }) => name)
    const target = (await measure([])) + 6
    const { met, measured: mixes, recipe, steps } = await search('int8-static', target, { ranges, measure })
    expect(met).toBe(true)
    expect(mixes.at(-1)!.sqnr).toBeGreaterThanOrEqual(target)
    expect(await measure(recipe.keep)).toBe(mixes.at(-1)!.sqnr)
    expect(recipe.keep.length).toBeLessThan(all.length)
    expect(steps).toHaveLength(recipe.keep.length + 1)
    // Every mix before it was measured, and was not enough.
    for (const { sqnr } of mixes.slice(0, -1)) expect(sqnr).toBeLessThan(target)
  })

  it('is raised as far as it goes where nothing is enough, and says what was measured in the end', async () => {
    const asked: number[] = []
    const measure = (keep: readonly string[]): Promise<number> => {
      asked.push(keep.length)
      return Promise.resolve(11)
    }
    const { met, measured: mixes, sentence, alone } = await search('int4', 24, { measure })
    expect(met).toBe(false)
    expect(sentence).toContain('not met even so')
    // All but one: with none left it would be the reference.
    expect(asked.at(-1)).toBe(alone.length - 1)
    expect(mixes.map(({ raised }) => raised)).toEqual(asked)
    // Few are measured: twice as many layers at least are raised each time.
    expect(asked.length).toBeLessThanOrEqual(2 + Math.log2(alone.length))
  })

  it('is left with every layer low where that is enough already', async () => {
    const { met, recipe, measured: mixes } = await search('int4', 1, {})
    expect(met).toBe(true)
    expect(recipe.keep).toEqual([])
    expect(mixes).toHaveLength(1)
  })

  it('is given up where people stop it, and where a measurement is stopped', async () => {
    const isCancelled = (): boolean => true
    await expect(search('int4', 24, {}, isCancelled)).rejects.toMatchObject({ code: 'CANCELLED' })
    const stopped = new StudioError('CANCELLED', 'stopped')
    await expect(search('int4', 24, { measure: () => Promise.reject(stopped) })).rejects.toBe(stopped)
  })
})

describe('stored blocks', () => {
  it('are unfolded to the weights they stand for, and come back as the same codes', () => {
    const path = join(models, 'tiny-causal-lm', 'target-int4.onnx')
    const stored = EditableGraph.read(path)
    const graph = floatGraph(path)
    convertGraph(graph, recipeSchema.parse({ column: 'int4' }))
    const codes = (one: EditableGraph): Uint8Array[] =>
      one.nodes
        .filter(
          (node) => node.opType === 'MatMulNBits' && node.attribute.some(({ name, i }) => name === 'bits' && i === 4n),
        )
        .map((node) => one.weights.get(node.input[1]!)!.bytes())
    const before = codes(stored)
    expect(before.length).toBeGreaterThan(5)
    expect(codes(graph).slice(0, before.length)).toEqual(before)
  })
})

describe('files that cannot be converted', () => {
  it.each([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('not a graph')],
    ['cut off', Buffer.from([8, 9, 58, 255, 255, 1, 10])],
  ])('are refused with words: %s', (name, bytes) => {
    const path = join(folder, `${name}.onnx`)
    writeFileSync(path, bytes)
    expect(() => EditableGraph.read(path)).toThrow(expect.objectContaining({ code: 'MODEL_BROKEN' }))
  })

  it('are refused where a precision changes nothing', () => {
    const graph = floatGraph(join(models, 'tiny-sd3', 'vae_decoder', 'model.onnx'))
    graph.nodes = graph.nodes.filter(({ opType }) => opType !== 'MatMul' && opType !== 'Gemm')
    expect(() => convertGraph(graph, recipeSchema.parse({ column: 'int8-dynamic' }))).toThrow(
      expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }),
    )
  })
})
