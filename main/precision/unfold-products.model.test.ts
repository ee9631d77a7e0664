import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { signalToNoise } from '../../contract/precision-statistics'
import { openGraph } from '../runtime/open-graph'
import { Generator } from '../tensor/noise'
import { float32 } from '../tensor/tensor'
import { EditableGraph } from './editable-graph'
import { makeFloatGraph } from './float-graph'
import { seededFeeds } from './graph-subject'
import type { Feeds } from './graph-set'
import { floatsOf } from './stored-tensor'
import { weightLayers } from './weight-layers'

const folder = mkdtempSync(join(tmpdir(), 'atelier-unfold-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Graphs of the bundled conversation, whose decoder and language head round each row to bytes before they multiply.
const model = new URL('../../resources/models/bagel-emoji/', import.meta.url).pathname

async function outputsOf(path: string, feeds: Feeds): Promise<Feeds> {
  const session = await openGraph({ path, role: 'graph', provider: 'cpu', threads: 1 })
  try {
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}

function unfolded(name: string): { graph: EditableGraph; path: string } {
  const graph = EditableGraph.read(join(model, name))
  makeFloatGraph(graph)
  const path = join(folder, name)
  graph.write(path)
  return { graph, path }
}

describe('a product that rounds its activation to bytes', () => {
  it('becomes the product of float32 with the weight that its codes stand for', async () => {
    const own = EditableGraph.read(join(model, 'lm_head.onnx'))
    const product = own.nodes.find(({ opType }) => opType === 'MatMulIntegerToFloat')!
    const [codes, scales] = [own.weights.get(product.input[1]!)!, own.weights.get(product.input[3]!)!]
    const [hidden, vocabulary] = codes.dims as [number, number]
    const [stored, scale] = [new Int8Array(codes.bytes()), floatsOf(scales)]
    const row = new Generator(4).randn(new Float32Array(hidden))
    const expected = Float32Array.from({ length: vocabulary }, (_, column) => {
      // Bytes run to 127: the factor that stands between a row's largest number and its code.
      let sum = 0
      for (let i = 0; i < hidden; i++) sum += row[i]! * stored[i * vocabulary + column]! * scale[column]! * 127
      return sum
    })
    const { graph, path } = unfolded('lm_head.onnx')
    const { logits } = await outputsOf(path, { hidden: float32([1, 1, hidden], row) })
    expect(signalToNoise(expected, logits!.data as Float32Array)).toBeGreaterThan(110)
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['MatMul', 'Reshape', 'Identity'])
  })

  it('is unfolded throughout the vision encoder, with what scales its rows', () => {
    const { graph } = unfolded('vision_encoder.onnx')
    expect(weightLayers(graph).length).toBeGreaterThan(20)
    expect(graph.nodes.filter(({ opType }) => /Integer|Quantize|ReduceMax/u.test(opType))).toEqual([])
  })

  it('is unfolded throughout the decoder, which then differs from its own graph by the rounding alone', async () => {
    const { graph, path } = unfolded('decoder.onnx')
    const own = join(model, 'decoder.onnx')
    expect(weightLayers(graph)).toHaveLength(64)
    expect(graph.nodes.filter(({ opType }) => /Integer|Quantize|ReduceMax/u.test(opType))).toEqual([])
    const session = await openGraph({ path: own, role: 'decoder', provider: 'cpu', threads: 1 })
    const feeds = seededFeeds(session, 7, {})
    await session.release()
    const [rounded, exact] = [await outputsOf(own, feeds), await outputsOf(path, feeds)]
    const decibels = (name: string): number =>
      signalToNoise(exact[name]!.data as Float32Array, rounded[name]!.data as Float32Array) as number
    // One product lies behind the first values; made-up inputs are far from what eight layers were trained on.
    expect(decibels('new_v.0')).toBeGreaterThan(35)
    expect(decibels('new_v.0')).toBeLessThan(60)
    for (const name of ['und_hidden', 'gen_hidden', 'new_k.7']) expect(decibels(name)).toBeGreaterThan(15)
  })
})
