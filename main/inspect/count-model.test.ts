import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'
import { countModel } from './count-model'
import { openOnnx } from './open-onnx'
import { absent, ints, modelBytes, node, SampleFolder, value } from './testing/sample-models'

const folder = new SampleFolder()
afterAll(() => folder.remove())

const goldens = JSON.parse(readFileSync(join('test-fixtures', 'goldens', 'inspect', 'counts.json'), 'utf8')) as {
  path: string
  sizes: Record<string, number>
  macs: number
}[]

describe('counting a whole model', () => {
  it.each(goldens)('gives what an independent count of $path gives', ({ path, sizes, macs }) => {
    const model = openOnnx(path)
    const counts = countModel(
      model,
      Object.fromEntries(model.file.dimensions.map(({ name }) => [name, sizes[name] ?? 1])),
    )
    expect(counts.unknown).toEqual([])
    expect(counts.scopes.macs[0]).toBe(macs)
  })

  it('follows shapes that are computed in the graph', () => {
    const path = folder.save(
      'computed.onnx',
      modelBytes({
        input: [value('x', ['batch', 6, 4])],
        output: [{ name: 'y' }],
        initializer: [ints('zero', [0]), ints('one', [1]), ints('rest', [-1, 8]), absent('w', [8, 5])],
        node: [
          node('Shape', ['x'], ['shape']),
          node('Slice', ['shape', 'zero', 'one'], ['batch']),
          node('Concat', ['batch', 'rest'], ['target'], { axis: 0 }),
          node('Reshape', ['x', 'target'], ['flat']),
          node('MatMul', ['flat', 'w'], ['y']),
        ],
      }),
    )
    const counts = countModel(openOnnx(path), { batch: 5 })
    expect(counts.nodes.macs[4]).toBe(5 * 3 * 8 * 5)
  })

  it('sweeps over the lives of tensors for the most bytes alive at once', () => {
    // x (100) -> a (100) -> b (100); c = a + b; y = relu(c): while c is made a, b and c are alive, x is not.
    const path = folder.save(
      'peak.onnx',
      modelBytes({
        input: [value('x', [25])],
        output: [{ name: 'y' }],
        node: [
          node('Relu', ['x'], ['a']),
          node('Exp', ['a'], ['b']),
          node('Add', ['a', 'b'], ['c']),
          node('Relu', ['c'], ['y']),
        ],
      }),
    )
    const { live, bytes, node: at } = countModel(openOnnx(path), {}).peakActivation
    expect(live).toEqual([200, 200, 300, 200])
    expect({ bytes, at }).toEqual({ bytes: 300, at: 2 })
  })

  it('gives a reshaped tensor the memory of what it was', () => {
    const path = folder.save(
      'view.onnx',
      modelBytes({
        input: [value('x', [2, 5])],
        output: [{ name: 'y' }],
        initializer: [ints('s', [10])],
        node: [node('Exp', ['x'], ['a']), node('Reshape', ['a', 's'], ['b']), node('Relu', ['b'], ['y'])],
      }),
    )
    expect(countModel(openOnnx(path), {}).peakActivation.live).toEqual([80, 40, 80])
  })

  it('counts a shared weight once in parameters and at every use in multiply-adds', () => {
    const path = folder.save(
      'shared.onnx',
      modelBytes({
        input: [value('x', [3, 4])],
        output: [{ name: 'y' }],
        initializer: [absent('w', [4, 4])],
        node: [node('MatMul', ['x', 'w'], ['a']), node('MatMul', ['a', 'w'], ['y'])],
      }),
    )
    const model = openOnnx(path)
    const { nodes, scopes } = countModel(model, {})
    expect(model.file.parameters).toBe(16)
    expect(nodes.parameters).toEqual([16, 0])
    expect(scopes.macs[0]).toBe(2 * 3 * 16)
  })

  it('counts what is made of weights alone as part of loading, and its parameters where they are used', () => {
    const path = folder.save(
      'cast.onnx',
      modelBytes({
        input: [value('x', [3, 4])],
        output: [{ name: 'y' }],
        initializer: [absent('w', [4, 4], Type.FLOAT16)],
        node: [node('Cast', ['w'], ['wide'], { to: Type.FLOAT }), node('MatMul', ['x', 'wide'], ['y'])],
      }),
    )
    const counts = countModel(openOnnx(path), {})
    expect(counts.nodes.parameters).toEqual([0, 16])
    expect(counts.nodes.bytesMoved[0]).toBe(0)
    expect(counts.assumed).toMatchObject([{ node: 0 }])
  })

  it('takes the dearer branch of an If, and the known one where the condition is constant', () => {
    const branch = (size: number) => ({
      graph: {
        name: 'b',
        output: [{ name: 'o' }],
        initializer: [absent('w', [4, size])],
        node: [node('MatMul', ['x', 'w'], ['o'])],
      },
    })
    const graph = (condition: boolean) => ({
      input: [value('x', [3, 4]), ...(condition ? [] : [value('c', [], Type.BOOL)])],
      output: [{ name: 'y' }],
      initializer: condition ? [{ name: 'c', dataType: Type.BOOL, int32Data: [0] }] : [],
      node: [node('If', ['c'], ['y'], { then_branch: branch(10), else_branch: branch(2) })],
    })
    const open = countModel(openOnnx(folder.save('if.onnx', modelBytes(graph(false)))), {})
    expect(open.nodes.macs[0]).toBe(3 * 4 * 10)
    expect(open.assumed).toMatchObject([{ assumption: 'The dearer one of its two branches' }])
    const known = countModel(openOnnx(folder.save('if.onnx', modelBytes(graph(true)))), {})
    expect(known.scopes.macs[0]).toBe(3 * 4 * 2)
  })

  it('multiplies a Loop by its passes where they are known', () => {
    const body = {
      graph: {
        name: 'b',
        input: [value('i', [], Type.INT64), value('go', [], Type.BOOL), value('h', [1, 4])],
        output: [{ name: 'go' }, { name: 'h2' }],
        initializer: [absent('w', [4, 4])],
        node: [node('MatMul', ['h', 'w'], ['h2'])],
      },
    }
    const path = folder.save(
      'loop.onnx',
      modelBytes({
        input: [value('x', [1, 4])],
        output: [{ name: 'y' }],
        initializer: [{ name: 'n', dataType: Type.INT64, int64Data: [6n] }],
        node: [node('Loop', ['n', '', 'x'], ['y'], { body })],
      }),
    )
    const model = openOnnx(path)
    const counts = countModel(model, {})
    expect(counts.nodes.macs).toEqual([6 * 16, 16])
    expect(counts.scopes.macs[0]).toBe(6 * 16)
    expect(model.file.nodes[1]).toMatchObject({ op: 'MatMul', within: 0 })
  })

  it('counts what a model-local function does, and stops where functions call each other for ever', () => {
    const call = (op: string, inputs: string[], outputs: string[]) => node(op, inputs, outputs, {}, 'my')
    const opsetImport = [
      { domain: '', version: 17n },
      { domain: 'my', version: 1n },
    ]
    const functions = [
      {
        name: 'Twice',
        domain: 'my',
        input: ['a', 'w'],
        output: ['c'],
        opsetImport,
        node: [node('MatMul', ['a', 'w'], ['b']), node('MatMul', ['b', 'w'], ['c'])],
      },
      { name: 'Ever', domain: 'my', input: ['a'], output: ['b'], opsetImport, node: [call('Ever', ['a'], ['b'])] },
    ]
    const path = folder.save(
      'function.onnx',
      modelBytes(
        {
          input: [value('x', [3, 4])],
          output: [{ name: 'y' }],
          initializer: [absent('w', [4, 4])],
          node: [call('Twice', ['x', 'w'], ['y']), call('Ever', ['y'], ['z'])],
        },
        { opsetImport, functions },
      ),
    )
    const counts = countModel(openOnnx(path), {})
    expect(counts.nodes.macs).toEqual([2 * 3 * 16, null])
  })

  it('derives a dimension whose name is the sum of others', () => {
    const model = openOnnx('test-fixtures/models/tiny-causal-lm/target-int4.onnx')
    const total = model.file.dimensions.find(({ name }) => name === 'P_plus_S')
    expect(total?.formula).toBe('P + S')
    const counts = countModel(model, { S: 3, P: 5 })
    expect(counts.sizes).toEqual({ S: 3, P: 5, P_plus_S: 8 })
    expect(counts.unknown).toEqual([])
  })
})
