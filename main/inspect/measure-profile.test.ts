import { describe, expect, it } from 'vitest'
import { buildGraph } from './build-graph'
import { mapKernels } from './map-kernels'
import { measureProfile } from './measure-profile'
import { openOnnx } from './open-onnx'
import { readProfile } from './read-profile'
import { readOnnxModel } from '../runtime/onnx/read-model'

const watch = { tell: () => undefined, isCancelled: () => false }

describe('time for each node', () => {
  it.each([
    ['test-fixtures/models/tiny-sd3/vae_decoder/model.onnx', { batch_size: 1, latent_height: 8, latent_width: 8 }],
    ['test-fixtures/models/tiny-sd3-tensorstack/text_encoder/model.onnx', { batch_size: 1, sequence_length: 8 }],
    ['test-fixtures/models/tiny-bagel/vision_encoder.onnx', { P: 9 }],
    ['test-fixtures/models/tiny-causal-lm/target-int4.onnx', { S: 2, P: 3 }],
  ] as const)('is mapped back to the nodes of %s', async (path, sizes) => {
    const profile = await measureProfile({ path, name: 'it', sizes, runs: 5, threads: 1 }, watch)
    expect(profile.runs).toBe(5)
    // Changes of layout are the runtime's own and a larger part of tiny pictures; all else belongs to a node.
    const layout = profile.inserted.filter(({ op }) => op.startsWith('Reorder'))
    expect(profile.mapped + layout.reduce((sum, { share }) => sum + share, 0)).toBeGreaterThan(0.95)
    const nodes = profile.nodes.map(({ node }) => node)
    expect(new Set(nodes).size).toBe(nodes.length)
    const all = [...profile.nodes, ...profile.inserted].reduce((sum, { share }) => sum + share, 0)
    expect(all).toBeCloseTo(1, 6)
    // The kernels of a run cannot take longer than the run.
    expect(profile.kernels).toBeLessThanOrEqual(profile.total.p95)
    const fused = profile.nodes.flatMap((time) => time.fused)
    expect(fused.some((node) => nodes.includes(node))).toBe(false)
  })

  it('is refused in words without sizes, and without the files of the weights', async () => {
    const path = 'test-fixtures/models/tiny-bagel/vision_encoder.onnx'
    await expect(measureProfile({ path, name: 'it', sizes: {}, threads: 1 }, watch)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { remedy: 'Give a size for P.' },
    })
    const classic = 'test-fixtures/inspect/mobilenet-v2.onnx'
    await expect(
      measureProfile({ path: classic, name: 'it', sizes: { batch: 1 }, threads: 1 }, watch),
    ).rejects.toMatchObject({
      code: 'MODEL_BROKEN',
    })
  })

  it('shows what a kernel computes at the node with the most multiply-adds, the others as fused', () => {
    const graph = buildGraph(readOnnxModel('test-fixtures/inspect/squeezenet-1.0.onnx').model)
    const [conv, relu] = [
      graph.nodes.findIndex(({ op }) => op === 'Conv'),
      graph.nodes.findIndex(({ op }) => op === 'Relu'),
    ]
    const result = graph.tensors[graph.nodes[relu]!.outputs[0]!]!.name
    const kernel = { name: `${result}_nchwc_token_3`, op: 'Conv', index: 7 }
    const reorder = { name: 'ReorderOutput_token_9', op: 'ReorderOutput', index: 8 }
    expect([...mapKernels(graph, null, [kernel, reorder]).values()]).toEqual([[relu, conv], []])
    const event = (node: string, operator: string, index: number, run: number, milliseconds: number) => ({
      node,
      operator,
      index,
      run,
      milliseconds,
      provider: 'CPU',
    })
    const events = [0, 1, 2].flatMap((run) => [
      event(kernel.name, 'Conv', 7, run, run === 0 ? 50 : 3),
      event(reorder.name, 'ReorderOutput', 8, run, 1),
    ])
    const macs = graph.nodes.map(({ op }) => (op === 'Conv' ? 6_000_000 : 0))
    const profile = readProfile({ events, runs: [60, 5, 7] }, 1, { graph, optimised: null, macs })
    expect(profile).toMatchObject({ runs: 2, total: { median: 6 }, kernels: 4, mapped: 0.75 })
    expect(profile.nodes).toMatchObject([{ node: conv, fused: [relu], median: 3, macsPerSecond: 2e9 }])
    expect(profile.inserted).toMatchObject([{ op: 'ReorderOutput', median: 1, share: 0.25 }])
  })

  it('matches nodes without names by their order', () => {
    const path = 'test-fixtures/models/tiny-sd3-tensorstack/text_encoder/model.onnx'
    const { graph } = openOnnx(path)
    const unnamed = graph.nodes.filter(({ name }) => name === '')
    expect(unnamed.length).toBeGreaterThan(0)
    const kernels = unnamed.map(({ op }, index) => ({ name: `${op}_${index}`, op, index }))
    const mapped = [...mapKernels(graph, graph, kernels).values()].map(([first]) => graph.nodes[first!]!.name)
    expect(mapped).toEqual(unnamed.map(() => ''))
  })
})
