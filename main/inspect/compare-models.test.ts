import { afterAll, describe, expect, it } from 'vitest'
import { TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'
import { compareModels } from './compare-models'
import { openOnnx } from './open-onnx'
import type { OpenedModel } from './opened-model'
import { sameValues } from './same-values'
import { absent, ints, modelBytes, node, SampleFolder, value } from './testing/sample-models'

const folder = new SampleFolder()
afterAll(() => folder.remove())

const weight = (name: string, values: number[]) => ({
  name,
  dims: [BigInt(values.length)],
  dataType: Type.FLOAT,
  floatData: values,
})

const compare = (before: OpenedModel, after: OpenedModel) =>
  compareModels(before, after, async (pairs) => pairs.map(([one, other]) => sameValues(one, other)))

describe('two models side by side', () => {
  it('are the same as themselves', async () => {
    const model = openOnnx('test-fixtures/models/tiny-bagel/velocity_head.onnx')
    const difference = await compare(model, model)
    expect(difference.header).toEqual([])
    expect(difference.nodes).toMatchObject({ added: [], removed: [], changed: [], same: model.file.nodes.length })
    expect(difference.weights).toMatchObject({ added: [], removed: [], changed: [], same: model.file.weights.length })
  })

  it('differ in what was added, taken away and changed', async () => {
    const before = folder.save(
      'a.onnx',
      modelBytes({
        input: [value('x', [1, 4])],
        output: [{ name: 'y' }],
        initializer: [weight('w', [1, 2, 3, 4]), weight('gone', [1]), ints('axes', [0])],
        node: [node('Add', ['x', 'w'], ['a']), node('Relu', ['a'], ['b']), node('Softmax', ['b'], ['y'], { axis: 0 })],
      }),
    )
    const after = folder.save(
      'b.onnx',
      modelBytes({
        input: [value('x', [2, 4])],
        output: [{ name: 'y' }],
        initializer: [weight('w', [1, 2, 3, 5]), weight('fresh', [1, 2]), ints('axes', [0])],
        node: [node('Add', ['x', 'w'], ['a']), node('Exp', ['a'], ['c']), node('Softmax', ['c'], ['y'], { axis: 1 })],
      }),
    )
    const { header, nodes, weights } = await compare(openOnnx(before), openOnnx(after))
    expect(header).toEqual([{ what: 'inputs', before: 'x float32 1 x 4', after: 'x float32 2 x 4' }])
    expect(nodes).toEqual({
      added: [1],
      removed: [1],
      same: 1,
      changed: [
        {
          before: 2,
          after: 2,
          changes: [
            { what: 'axis', before: '0', after: '1' },
            { what: 'inputs', before: 'b', after: 'c' },
          ],
        },
      ],
    })
    expect(weights).toMatchObject({
      added: [1],
      removed: [1],
      same: 1,
      changed: [{ before: 0, after: 0, changes: [{ what: 'values' }] }],
    })
  })

  it('are matched past names that an exporter only counted', async () => {
    const graph = (from: number, extra: boolean) => {
      const count = (op: string, place: number) => `/block/${op}_${from + place}`
      const named = (op: string, inputs: string[], place: number) => ({
        ...node(op, inputs, [`${count(op, place)}_out`]),
        name: count(op, place),
      })
      return modelBytes({
        input: [value('x', [1, 4])],
        output: [{ name: `${count('Tanh', 3)}_out` }],
        initializer: [weight('w', [1, 2, 3, 4])],
        node: [
          named('Mul', ['x', 'w'], 0),
          named('Exp', [`${count('Mul', 0)}_out`], 1),
          ...(extra ? [named('Sqrt', [`${count('Exp', 1)}_out`], 2)] : []),
          named('Tanh', [extra ? `${count('Sqrt', 2)}_out` : `${count('Exp', 1)}_out`], 3),
        ],
      })
    }
    const [before, again, longer] = [
      folder.save('c.onnx', graph(1, false)),
      folder.save('d.onnx', graph(41, false)),
      folder.save('e.onnx', graph(71, true)),
    ].map((path) => openOnnx(path))
    expect((await compare(before!, again!)).nodes).toEqual({ added: [], removed: [], changed: [], same: 3 })
    expect((await compare(before!, longer!)).nodes).toMatchObject({
      added: [2],
      removed: [],
      changed: [{ before: 2, after: 3, changes: [{ what: 'inputs' }] }],
      same: 2,
    })
  })

  it('show an operator that took another’s place at the same weights', async () => {
    const graph = (op: string, name: string) =>
      modelBytes({
        input: [value('x', [1, 4])],
        output: [{ name: 'y' }],
        initializer: [{ ...absent('layer.weight', [4, 4]) }],
        node: [{ ...node(op, ['x', 'layer.weight'], ['y']), name }],
      })
    const before = openOnnx(folder.save('f.onnx', graph('MatMul', 'MatMul_3')))
    const after = openOnnx(folder.save('g.onnx', graph('Gemm', 'Gemm_9')))
    const { nodes, weights } = await compare(before, after)
    expect(nodes.changed).toMatchObject([{ changes: [{ what: 'operator', before: 'MatMul', after: 'Gemm' }] }])
    // Values that are not there are not said to be others.
    expect(weights).toMatchObject({ same: 1, changed: [] })
  })
})
