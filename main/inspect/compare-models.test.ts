import fc from 'fast-check'
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
      groups: [{ around: 0, removed: [1], added: [1] }],
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
    expect((await compare(before!, again!)).nodes).toEqual({ added: [], removed: [], changed: [], same: 3, groups: [] })
    expect((await compare(before!, longer!)).nodes).toMatchObject({
      added: [2],
      removed: [],
      changed: [{ before: 2, after: 3, changes: [{ what: 'inputs' }] }],
      same: 2,
    })
  })

  it('are the same however tensors are called and in whatever order nodes are written', async () => {
    const ops = ['Add', 'Mul', 'Relu', 'Exp', 'Neg', 'Shape'] as const
    const step = fc.record({ op: fc.constantFrom(...ops), from: fc.nat(), also: fc.nat(), axis: fc.nat(2) })
    const order = fc.array(fc.nat(), { minLength: 40, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), order, async (steps, turns) => {
        const nodes = steps.map(({ op, from, also, axis }, index) => {
          const readable = ['x', 'w', ...steps.slice(0, index).map((_, place) => `t${place}`)]
          const inputs = [readable[from % readable.length]!, readable[also % readable.length]!]
          return { op, inputs: op === 'Add' || op === 'Mul' ? inputs : inputs.slice(0, 1), output: `t${index}`, axis }
        })
        const open = (name: string, shown: typeof nodes, called: (tensor: string) => string) =>
          openOnnx(
            folder.save(
              name,
              modelBytes({
                input: [value('x', [1, 4])],
                output: [{ name: called(`t${steps.length - 1}`) }],
                initializer: [weight('w', [1, 2, 3, 4])],
                node: shown.map(({ op, inputs, output, axis }) => ({
                  ...node(op, inputs.map(called), [called(output)], { axis }),
                  name: '',
                })),
              }),
            ),
          )
        // Whatever can run next may come next.
        const [waiting, shuffled, made] = [[...nodes], [] as typeof nodes, new Set(['x', 'w'])]
        for (let turn = 0; waiting.length > 0; turn += 1) {
          const ready = waiting.filter(({ inputs }) => inputs.every((tensor) => made.has(tensor)))
          const next = ready[turns[turn]! % ready.length]!
          waiting.splice(waiting.indexOf(next), 1)
          shuffled.push(next)
          made.add(next.output)
        }
        const before = open('before.onnx', nodes, (tensor) => tensor)
        const after = open('after.onnx', shuffled, (tensor) => (/^t/.test(tensor) ? `other_${tensor}` : tensor))
        expect((await compare(before, after)).nodes).toEqual({
          added: [],
          removed: [],
          changed: [],
          groups: [],
          same: nodes.length,
        })
      }),
      { numRuns: 300 },
    )
  })

  it('put what a new operator took with it beside the operator', async () => {
    const [before, after] = ['float32', 'int4'].map((precision) =>
      openOnnx(`test-fixtures/models/tiny-causal-lm/target-${precision}.onnx`),
    )
    const { nodes } = await compareModels(before!, after!, async (pairs) => pairs.map(() => null))
    const products = nodes.changed.flatMap((pair, place) => {
      const [old, now] = [before!.graph.nodes[pair.before]!, after!.graph.nodes[pair.after]!]
      return now.op === 'MatMulNBits'
        ? [{ place, old: old.op, stems: [old, now].map(({ name }) => name.replace(/_\d+$/, '')) }]
        : []
    })
    const quantised = after!.graph.nodes.filter(({ op }) => op === 'MatMulNBits').length
    expect(quantised).toBeGreaterThan(0)
    expect(products.map(({ old }) => old)).toEqual(new Array(quantised).fill('MatMul'))
    for (const { stems } of products) expect(stems[0]).toBe(stems[1])
    // All that came and went stands beside a product.
    expect(nodes.groups.map(({ around }) => around)).toEqual(products.map(({ place }) => place))
    const grouped = (side: 'removed' | 'added') =>
      nodes.groups.flatMap((group) => group[side]).toSorted((a, b) => a - b)
    expect(grouped('removed')).toEqual(nodes.removed)
    expect(grouped('added')).toEqual(nodes.added)
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
