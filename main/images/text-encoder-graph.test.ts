import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../tensor/tensor'
import { stubRunner, stubSession, type Declared } from './testing/stub-session'
import { TextEncoderGraph } from './text-encoder-graph'

const ids: Declared[] = [['input_ids', 'int64', ['batch', 'length']]]
const states = Array.from({ length: 13 }, (_, i): Declared => [`hidden_states.${i}`, 'float32', ['b', 's', 4]])
const clipOutputs: Declared[] = [
  ['text_embeds', 'float32', ['b', 4]],
  ['last_hidden_state', 'float32', ['b', 's', 4]],
  // Exporters write them in the order of text, in which 10 comes before 2.
  ...[...states].sort(([one], [other]) => one.localeCompare(other)),
]

/** Fills each output with the number at the end of its name. */
function answer(outputs: readonly Declared[]) {
  return (): Record<string, Tensor> =>
    Object.fromEntries(
      outputs.map(([name, , dims]) => {
        const shape = dims.map((size) => (typeof size === 'number' ? size : size === 's' ? 2 : 1))
        const length = shape.reduce((product, side) => product * side, 1)
        return [name, float32(shape, new Float32Array(length).fill(Number(/\d+$/u.exec(name)?.[0] ?? -1)))]
      }),
    )
}

const clip = (outputs: Declared[], inputs = ids) =>
  new TextEncoderGraph(stubSession('text_encoder', inputs, outputs, answer(outputs)), stubRunner(), 'clip')

describe('TextEncoderGraph', () => {
  it('takes the state before the last layer, or further back where layers are skipped', async () => {
    expect((await clip(clipOutputs).encode([1, 2], 0)).states[0]).toBe(11)
    expect((await clip(clipOutputs).encode([1, 2], 3)).states[0]).toBe(8)
  })

  it('says how many layers can be skipped', async () => {
    await expect(clip(clipOutputs).encode([1], 12)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'clipSkip', remedy: 'Set CLIP skip to 11 or less.' },
    })
  })

  it('makes do with the last state and the pooled output of plainer exports', async () => {
    const outputs: Declared[] = [
      ['last_hidden_state', 'float32', ['b', 's', 4]],
      ['pooler_output', 'float32', ['b', 4]],
    ]
    const graph = clip(outputs)
    expect(graph.canSkip).toBe(false)
    expect(await graph.encode([1, 2], 1)).toMatchObject({
      tokens: 2,
      width: 4,
      pooled: Float32Array.of(-1, -1, -1, -1),
    })
  })

  it('gives the ids in the type and length that the graph declares', async () => {
    const seen: Tensor[] = []
    const inputs: Declared[] = [['input_ids', 'int32', [1, 83]]]
    const session = stubSession('text_encoder_3', inputs, [['last_hidden_state', 'float32', [1, 83, 4]]], (feeds) => {
      seen.push(feeds['input_ids']!)
      return { last_hidden_state: float32([1, 83, 4]) }
    })
    const graph = new TextEncoderGraph(session, stubRunner(), 't5')
    expect(graph.fixedLength).toBe(83)
    await graph.encode([3, 4], 0)
    expect(seen[0]).toMatchObject({ dtype: 'int32', shape: [1, 2], data: Int32Array.of(3, 4) })
  })

  it('refuses a graph that wants an attention mask', () => {
    const mask: Declared = ['attention_mask', 'int64', ['b', 's']]
    expect(() => clip(clipOutputs, [...ids, mask])).toThrow('attention_mask')
  })
})
