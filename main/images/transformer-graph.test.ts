import { describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { float16To32, toFloat16 } from '../tensor/float16'
import { tensor, type Tensor } from '../tensor/tensor'
import { Guidance, isGuided, skipsLayers, type GuidanceOptions } from './guidance'
import { stubRunner, stubSession, type Declared } from './testing/stub-session'
import { TransformerGraph, type Conditioning, type LatentShape } from './transformer-graph'

const shape: LatentShape = [1, 2, 2, 4]
const size = 16
const text = (value: number): Conditioning => ({
  context: new Float32Array(3 * 4).fill(value),
  tokens: 3,
  pooled: Float32Array.of(value),
})
const usual: Declared[] = [
  ['hidden_states', 'float32', ['batch', 2, 'h', 'w']],
  ['timestep', 'float32', ['step']],
  ['encoder_hidden_states', 'float32', ['batch', 'tokens', 4]],
  ['pooled_projections', 'float32', ['batch', 1]],
]
const output: Declared[] = [['out_hidden_states', 'float32', ['batch', 2, 'h', 'w']]]

/** Answers each row with the first value of its context, plus 100 where a block is switched off. */
function echo(name = 'out_hidden_states') {
  return (feeds: Readonly<Record<string, Tensor>>): Record<string, Tensor> => {
    const context = Object.values(feeds).find((feed) => feed.shape.length === 3)!
    const rows = context.shape[0]!
    const perRow = context.data.length / rows
    const isSkipping = feeds['block_gates'] !== undefined && Array.from(feeds['block_gates'].data, Number).includes(0)
    const read = context.dtype === 'float16' ? float16To32(context.data as Uint16Array) : (context.data as Float32Array)
    const data = new Float32Array(rows * size).map(
      (_, i) => read[Math.floor(i / size) * perRow]! + (isSkipping ? 100 : 0),
    )
    return { [name]: tensor('float32', [rows, 2, 2, 4], data) }
  }
}

function guidanceOf(inputs: Declared[], options: Partial<GuidanceOptions>): Guidance {
  const graph = new TransformerGraph(stubSession('transformer', inputs, output, echo()), stubRunner())
  return new Guidance(graph, shape, { scale: 3, end: 1, batched: true, ...options }, text(2), text(1))
}

describe('TransformerGraph', () => {
  it('tells inputs with other names apart by their rank', async () => {
    const renamed = usual.map(([, dtype, dims], i): Declared => [`input_${i}`, dtype, dims]).reverse()
    const session = stubSession('transformer', renamed, [['y', 'float32', [1, 2, 2, 4]]], echo('y'))
    const graph = new TransformerGraph(session, stubRunner())
    const velocity = await graph.predict(graph.prepare([text(7)], shape), new Float32Array(size), 0.5)
    expect(new Set(velocity)).toEqual(new Set([7]))
  })

  it('casts to float16 and to whole timesteps where the graph wants them', async () => {
    const seen: Readonly<Record<string, Tensor>>[] = []
    const declared = usual.map(([name, , dims]): Declared => [name, name === 'timestep' ? 'int64' : 'float16', dims])
    const session = stubSession('transformer', declared, output, (feeds) => {
      seen.push(feeds)
      return { out_hidden_states: tensor('float16', [1, 2, 2, 4], new Uint16Array(size).fill(toFloat16(0.25))) }
    })
    const graph = new TransformerGraph(session, stubRunner())
    const velocity = await graph.predict(graph.prepare([text(1)], shape), new Float32Array(size).fill(1.5), 0.9876)
    expect([...velocity]).toEqual(new Array(size).fill(0.25))
    expect(seen[0]!['timestep']!.data).toEqual(BigInt64Array.of(988n))
    expect(seen[0]!['hidden_states']!.data).toEqual(new Uint16Array(size).fill(toFloat16(1.5)))
  })

  it('knows a batch that was fixed at one', () => {
    const fixed = usual.map(([name, dtype, [, ...rest]]): Declared => [name, dtype, [1, ...rest]])
    expect(new TransformerGraph(stubSession('transformer', fixed, output), stubRunner()).maxRows).toBe(1)
    expect(new TransformerGraph(stubSession('transformer', usual, output), stubRunner()).maxRows).toBe(
      Number.POSITIVE_INFINITY,
    )
  })

  it.each([
    ['an input is unknown', [...usual, ['controlnet_block_samples', 'float32', [1, 2, 3, 4, 5]] as Declared]],
    ['the context is missing', usual.filter(([name]) => name !== 'encoder_hidden_states')],
  ])('refuses a graph where %s', (_, inputs) => {
    expect(() => new TransformerGraph(stubSession('transformer', inputs, output), stubRunner())).toThrow(StudioError)
  })

  it('says which size a fixed export was made for', () => {
    const fixed = usual.map(([name, dtype, dims]): Declared => [
      name,
      dtype,
      name === 'hidden_states' ? [1, 2, 2, 8] : dims,
    ])
    const graph = new TransformerGraph(stubSession('transformer', fixed, output), stubRunner())
    expect(() => graph.checkShape([1, 2, 2, 4], 8)).toThrow('width of 64 px')
    expect(() => graph.checkShape([1, 16, 2, 8], 8)).toThrow('2 channels')
    expect(() => graph.checkShape([1, 2, 2, 8], 8)).not.toThrow()
  })
})

describe('Guidance', () => {
  it.each([true, false])('adds the scaled difference of the two passes (batched: %s)', async (batched) => {
    const velocity = await guidanceOf(usual, { batched }).predict(new Float32Array(size), 1, 0, 4)
    expect(new Set(velocity)).toEqual(new Set([1 + 3 * (2 - 1)]))
  })

  it('stops after its share of the steps', async () => {
    const guidance = guidanceOf(usual, { end: 0.5 })
    const values: number[] = []
    for (let step = 0; step < 4; step++) values.push((await guidance.predict(new Float32Array(size), 1, step, 4))[0]!)
    expect(values).toEqual([4, 4, 2, 2])
  })

  it('pushes away from the pass with blocks left out, in its range of steps alone', async () => {
    const gated: Declared[] = [...usual, ['block_gates', 'float32', [3]]]
    const skipLayers = { layers: [1], scale: 0.5, start: 0.01, end: 0.3 }
    const guidance = guidanceOf(gated, { skipLayers })
    const values: number[] = []
    for (let step = 0; step < 10; step++) values.push((await guidance.predict(new Float32Array(size), 1, step, 10))[0]!)
    // 4 + 0.5 * (2 - 102)
    expect(values).toEqual([4, -46, -46, 4, 4, 4, 4, 4, 4, 4])
  })

  it('is on for the steps that diffusers guides', () => {
    const options: GuidanceOptions = {
      scale: 4,
      end: 1,
      batched: true,
      skipLayers: { layers: [7], scale: 2.8, start: 0.01, end: 0.2 },
    }
    const skipping = (count: number) => [...Array(count).keys()].filter((step) => skipsLayers(options, step, count))
    expect(skipping(28)).toEqual([1, 2, 3, 4, 5])
    expect(skipping(40)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(isGuided({ scale: 1, end: 1 }, 0, 4)).toBe(false)
  })

  it('names the step where the velocity is not finite', async () => {
    const session = stubSession('transformer', usual, output, () => ({
      out_hidden_states: tensor('float32', [1, 2, 2, 4], new Float32Array(size).fill(Number.POSITIVE_INFINITY)),
    }))
    const graph = new TransformerGraph(session, stubRunner())
    const guidance = new Guidance(graph, shape, { scale: 1, end: 1, batched: true }, text(1), undefined)
    await expect(guidance.predict(new Float32Array(size), 1, 2, 8)).rejects.toMatchObject({
      code: 'NOT_FINITE',
      message: 'The transformer gave numbers that are not finite at step 3 of 8',
    })
  })
})
