import { afterAll, describe, expect, it } from 'vitest'
import { TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'
import { compareModels } from './compare-models'
import { openOnnx } from './open-onnx'
import { ints, modelBytes, node, SampleFolder, value } from './testing/sample-models'

const folder = new SampleFolder()
afterAll(() => folder.remove())

const weight = (name: string, values: number[]) => ({
  name,
  dims: [BigInt(values.length)],
  dataType: Type.FLOAT,
  floatData: values,
})

describe('two models side by side', () => {
  it('are the same as themselves', () => {
    const model = openOnnx('test-fixtures/models/tiny-bagel/velocity_head.onnx')
    const difference = compareModels(model, model)
    expect(difference.header).toEqual([])
    expect(difference.nodes).toMatchObject({ added: [], removed: [], changed: [], same: model.file.nodes.length })
    expect(difference.weights).toMatchObject({ added: [], removed: [], changed: [], same: model.file.weights.length })
  })

  it('differ in what was added, taken away and changed', () => {
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
    const { header, nodes, weights } = compareModels(openOnnx(before), openOnnx(after))
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
})
