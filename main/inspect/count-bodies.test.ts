import { afterAll, describe, expect, it } from 'vitest'
import { shapeAt } from '../../contract/inspection-counts'
import { TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'
import { countModel } from './count-model'
import { openOnnx } from './open-onnx'
import { absent, ints, modelBytes, node, SampleFolder, value, type GraphInit } from './testing/sample-models'

const folder = new SampleFolder()
afterAll(() => folder.remove())

const open = (graph: GraphInit) =>
  openOnnx(folder.save('bodies.onnx', modelBytes({ output: [{ name: 'y' }], ...graph })))

const shapeOf = (model: ReturnType<typeof open>, sizes: Record<string, number>, name: string) =>
  shapeAt(
    countModel(model, sizes),
    model.file.tensors.findIndex((tensor) => tensor.name === name),
  )

/** One step of a recurrent layer: h [4] and a row of x [8] give the next h and a row of y. */
const step: GraphInit = {
  input: [value('h', [1, 4]), value('row', [1, 8])],
  output: [{ name: 'next' }, { name: 'out' }],
  initializer: [absent('w', [8, 4])],
  node: [
    node('MatMul', ['row', 'w'], ['part']),
    node('Add', ['part', 'h'], ['next']),
    node('Identity', ['next'], ['out']),
  ],
}

describe('a Scan', () => {
  it('costs its body as often as its axis is long', () => {
    const model = open({
      input: [value('h0', [1, 4]), value('x', [6, 1, 8])],
      node: [node('Scan', ['h0', 'x'], ['last', 'y'], { body: { graph: step }, num_scan_inputs: 1 })],
    })
    const counts = countModel(model, {})
    expect(counts.nodes.macs).toEqual([6 * 32, 32, 0, 0])
    expect(counts.nodes.elementOps[0]).toBe(6 * 4)
    expect(counts.unknown).toEqual([])
    expect(shapeOf(model, {}, 'y')).toEqual([6, 1, 4])
    expect(shapeOf(model, {}, 'last')).toEqual([1, 4])
  })

  it('walks along the axis that it names, and gives rows along another', () => {
    const model = open({
      input: [value('h0', [1, 4]), value('x', [1, 'T', 8])],
      node: [
        node('Scan', ['h0', 'x'], ['last', 'y'], {
          body: { graph: step },
          num_scan_inputs: 1,
          scan_input_axes: [1],
          scan_output_axes: [-1],
        }),
      ],
    })
    expect(shapeOf(model, { T: 5 }, 'y')).toEqual([1, 4, 5])
    expect(countModel(model, { T: 5 }).nodes.macs[0]).toBe(5 * 32)
    const open5 = countModel(model, {})
    expect(open5.nodes.macs[0]).toBeNull()
    expect(open5.missing).toEqual(['T'])
  })
})

const body: GraphInit = {
  input: [value('i', [], Type.INT64), value('go', [], Type.BOOL), value('s', ['any', 4])],
  output: [{ name: 'go' }, { name: 't' }, { name: 'row' }],
  initializer: [absent('w', [4, 4])],
  node: [node('MatMul', ['s', 'w'], ['t']), node('ReduceSum', ['t'], ['row'], { keepdims: 0 })],
}

describe('a Loop', () => {
  it('gives a number field for its passes where they are only known in a run', () => {
    const model = open({
      input: [value('x', [2, 4]), value('n', [1], Type.INT64)],
      node: [node('Loop', ['n', '', 'x'], ['y', 'rows'], { body: { graph: body } })],
    })
    expect(model.file.dimensions).toMatchObject([{ name: 'y.passes', isFoundInRun: true, formula: null }])
    const none = countModel(model, {})
    expect(none.nodes.macs[0]).toBeNull()
    expect(none.missing).toEqual(['y.passes'])
    // One pass is known all the same.
    expect(none.nodes.macs[1]).toBe(2 * 16)
    const seven = countModel(model, { 'y.passes': 7 })
    expect(seven.nodes.macs[0]).toBe(7 * 2 * 16)
    expect(seven.unknown).toEqual([])
    expect(shapeOf(model, { 'y.passes': 7 }, 'rows')).toEqual([7])
  })

  it('has no field where the graph works its passes out of the sizes of its inputs', () => {
    const model = open({
      input: [value('x', ['R', 4])],
      initializer: [ints('zero', [0])],
      node: [
        node('Shape', ['x'], ['shape']),
        node('Gather', ['shape', 'zero'], ['n'], { axis: 0 }),
        node('Loop', ['n', '', 'x'], ['y', 'rows'], { body: { graph: body } }),
      ],
    })
    expect(model.file.dimensions.map(({ name }) => name)).toEqual(['R'])
    expect(countModel(model, { R: 3 }).nodes.macs[2]).toBe(3 * 3 * 16)
  })

  it('that carries on what grows needs dims instead of counting its first size for all', () => {
    const grows: GraphInit = {
      input: [value('i', [], Type.INT64), value('go', [], Type.BOOL), value('s', ['any', 4])],
      output: [{ name: 'go' }, { name: 'more' }],
      initializer: [absent('w', [4, 4])],
      node: [node('MatMul', ['s', 'w'], ['t']), node('Concat', ['s', 't'], ['more'], { axis: 0 })],
    }
    const model = open({
      input: [value('x', [2, 4])],
      initializer: [ints('n', [3])],
      node: [node('Loop', ['n', '', 'x'], ['y'], { body: { graph: grows } })],
    })
    const counts = countModel(model, {})
    expect(counts.nodes.macs).toEqual([null, null, 0])
    expect(counts.unknown.map(({ node: index }) => index)).toContain(0)
    expect(shapeOf(model, {}, 'y')).toEqual([null, 4])
  })

  it('whose condition is computed may stop earlier, and says so', () => {
    const stops: GraphInit = {
      ...body,
      output: [{ name: 'on' }, { name: 't' }],
      node: [
        node('MatMul', ['s', 'w'], ['t']),
        node('ReduceMax', ['t'], ['m'], { keepdims: 0 }),
        node('Cast', ['m'], ['on'], { to: 9 }),
      ],
    }
    const model = open({
      input: [value('x', [2, 4])],
      initializer: [ints('n', [3])],
      node: [node('Loop', ['n', '', 'x'], ['y'], { body: { graph: stops } })],
    })
    const counts = countModel(model, {})
    expect(counts.nodes.macs[0]).toBe(3 * 2 * 16)
    expect(counts.assumed).toMatchObject([{ node: 0, assumption: expect.stringContaining('stop earlier') }])
  })
})

describe('Loops within Loops', () => {
  it('whose sizes all change are left at that, in no more than a moment', () => {
    const nest = (depth: number): GraphInit => ({
      input: [value(`i${depth}`, [], Type.INT64), value(`g${depth}`, [], Type.BOOL), value(`s${depth}`, ['a', 'b'])],
      output: [{ name: `g${depth}` }, { name: `t${depth}` }],
      node: [
        node('Concat', [`s${depth}`, `s${depth}`], [`c${depth}`], { axis: depth % 2 }),
        depth === 0
          ? node('Relu', ['c0'], ['t0'])
          : node('Loop', ['n', '', `c${depth}`], [`t${depth}`], { body: { graph: nest(depth - 1) } }),
      ],
    })
    const model = open({
      input: [value('x', [2, 4])],
      initializer: [ints('n', [3])],
      node: [node('Loop', ['n', '', 'x'], ['y'], { body: { graph: nest(18) } })],
    })
    const began = process.cpuUsage()
    expect(countModel(model, {}).nodes.elementOps[0]).toBeNull()
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(4000)
  })
})

describe('an If', () => {
  const branch = (rows: number): GraphInit => ({
    output: [{ name: `b${rows}` }],
    initializer: [absent(`v${rows}`, [4, rows])],
    node: [node('MatMul', ['x', `v${rows}`], [`b${rows}`])],
  })

  it('is unknown where a branch is, and its condition too', () => {
    const model = open({
      input: [value('x', ['R', 4]), value('c', [], Type.BOOL)],
      node: [node('If', ['c'], ['y'], { then_branch: { graph: branch(5) }, else_branch: { graph: branch(3) } })],
    })
    expect(countModel(model, {}).nodes.macs[0]).toBeNull()
    const two = countModel(model, { R: 2 })
    expect(two.nodes.macs).toEqual([2 * 20, 2 * 20, 2 * 12])
    expect(two.assumed).toHaveLength(1)
  })

  it('within a Loop within a Scan counts through all of them', () => {
    const loop: GraphInit = {
      input: [value('i', [], Type.INT64), value('go', [], Type.BOOL), value('x', [2, 4])],
      output: [{ name: 'go' }, { name: 'z' }],
      node: [
        node('If', ['c'], ['q'], { then_branch: { graph: branch(4) }, else_branch: { graph: branch(3) } }),
        node('Identity', ['q'], ['z']),
      ],
    }
    const scan: GraphInit = {
      input: [value('s', [2, 4]), value('r', [1])],
      output: [{ name: 'u' }],
      node: [node('Loop', ['three', '', 's'], ['u'], { body: { graph: loop } })],
    }
    const model = open({
      input: [value('x0', [2, 4]), value('rows', [5, 1])],
      initializer: [ints('three', [3]), { name: 'c', dataType: Type.BOOL, int32Data: [1] }],
      node: [node('Scan', ['x0', 'rows'], ['y'], { body: { graph: scan }, num_scan_inputs: 1 })],
    })
    expect(countModel(model, {}).nodes.macs[0]).toBe(5 * 3 * 2 * 16)
  })
})

describe('what only a run can tell', () => {
  it('is a number field: how many boxes a suppression keeps', () => {
    const model = open({
      input: [value('boxes', [1, 100, 4]), value('scores', [1, 3, 100])],
      initializer: [ints('most', [20])],
      node: [
        node('NonMaxSuppression', ['boxes', 'scores', 'most'], ['kept']),
        node('Cast', ['kept'], ['y'], { to: 1 }),
      ],
    })
    expect(model.file.dimensions).toEqual([
      {
        name: 'kept.found',
        suggested: 60,
        formula: null,
        uses: ['NonMaxSuppression: how many boxes are kept'],
        isFoundInRun: true,
      },
    ])
    expect(countModel(model, {}).nodes.elementOps[1]).toBeNull()
    expect(countModel(model, { 'kept.found': 12 }).nodes.elementOps[1]).toBe(36)
  })

  it('is no field where it follows from values that are known', () => {
    const model = open({
      initializer: [ints('mask', [1, 0, 1, 1])],
      node: [node('NonZero', ['mask'], ['y'])],
    })
    expect(model.file.dimensions).toEqual([])
    expect(shapeOf(model, {}, 'y')).toEqual([1, 3])
  })
})

describe('other operators with bodies', () => {
  it('are shown with their nodes and named as uncounted', () => {
    const each: GraphInit = {
      input: [value('e', [4])],
      output: [{ name: 'f' }],
      node: [node('Relu', ['e'], ['f'])],
    }
    const model = open({
      input: [value('x', [4])],
      node: [
        node('SequenceConstruct', ['x', 'x'], ['both']),
        node('SequenceMap', ['both'], ['y'], { body: { graph: each } }),
      ],
    })
    expect(model.file.nodes.map(({ op, within }) => [op, within])).toEqual([
      ['SequenceConstruct', null],
      ['SequenceMap', null],
      ['Relu', 1],
    ])
    expect(model.file.notes.join(' ')).toContain('SequenceMap')
    expect(countModel(model, {}).unknown).toMatchObject([
      { node: 0, reason: 'The operator SequenceConstruct is not known' },
      { node: 1, reason: 'The operator SequenceMap is not known' },
    ])
  })
})
