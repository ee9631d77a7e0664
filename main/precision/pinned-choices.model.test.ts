import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { recipeSchema } from '../../contract/precision'
import { signalToNoise } from '../../contract/precision-statistics'
import { openGraph } from '../runtime/open-graph'
import { convertGraph } from './convert'
import { EditableGraph } from './editable-graph'
import { makeFloatGraph } from './float-graph'
import { seededFeeds } from './graph-subject'
import type { Feeds } from './graph-set'
import { choicesOf, pinChoices, readChoices, runOnce } from './pinned-choices'
import { VariantStore } from './variant-store'

const folder = mkdtempSync(join(tmpdir(), 'atelier-pinned-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// ThunderNet's second stage looks at the best proposals of its first: a TopK and a NonMaxSuppression in the middle of the network.
const path = new URL('../../resources/models/thundernet-emoji/detect.onnx', import.meta.url).pathname
const place = { store: new VariantStore(folder), provider: 'cpu' as const, threads: 1 }

async function inputs(): Promise<Feeds> {
  const session = await openGraph({ path, role: 'detect', provider: 'cpu', threads: 1 })
  const feeds = seededFeeds(session, 3, {})
  await session.release()
  return feeds
}

const floats = (outputs: Feeds): Float32Array =>
  Float32Array.from(
    Object.keys(outputs)
      .sort()
      .flatMap((name) => [...(outputs[name]!.data as Float32Array)]),
  )
const outputsOf = (graph: EditableGraph, feeds: Feeds) => runOnce(graph, place, async (run) => floats(await run(feeds)))

function low(): EditableGraph {
  const graph = EditableGraph.read(path)
  makeFloatGraph(graph)
  // Coarse enough that other rows are chosen.
  convertGraph(graph, recipeSchema.parse({ column: 'fp8-e5m2' }))
  return graph
}

describe('a graph that is given its choices', () => {
  it('gives the numbers that it gives when it chooses for itself', async () => {
    const feeds = await inputs()
    const graph = EditableGraph.read(path)
    const [choices] = await readChoices(graph, [feeds], place)
    expect(choicesOf(graph).length).toBeGreaterThan(0)
    expect(Object.keys(choices!).sort()).toEqual(choicesOf(graph).sort())
    const free = await outputsOf(graph.copy(), feeds)
    pinChoices(graph, choices!)
    expect(choicesOf(graph)).toEqual([])
    expect(await outputsOf(graph, { ...feeds, ...choices })).toEqual(free)
  })

  it('keeps the rows of the reference, which its lower precision by itself does not', async () => {
    const feeds = await inputs()
    const [choices] = await readChoices(EditableGraph.read(path), [feeds], place)
    const reference = await outputsOf(EditableGraph.read(path), feeds)
    const free = signalToNoise(reference, await outputsOf(low(), feeds)) as number
    const pinned = low()
    pinChoices(pinned, choices!)
    const kept = signalToNoise(reference, await outputsOf(pinned, { ...feeds, ...choices })) as number
    expect(kept).toBeGreaterThan(free + 3)
  })
})

describe('a graph that chooses nothing', () => {
  it('stays as it is', async () => {
    const plain = new URL('../../test-fixtures/detect/tiny-detr/onnx/model.onnx', import.meta.url).pathname
    const graph = EditableGraph.read(plain)
    const before = graph.nodes.length
    pinChoices(graph, {})
    expect(graph.nodes.length).toBe(before)
    expect(await readChoices(graph, [{}, {}], place)).toEqual([{}, {}])
  })
})
