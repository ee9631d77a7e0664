import { afterAll, describe, expect, it } from 'vitest'
import { openOnnx } from './open-onnx'
import { absent, modelBytes, node, SampleFolder, value } from './testing/sample-models'

const folder = new SampleFolder()
afterAll(() => folder.remove())

function scopesOf(
  nodes: readonly { readonly name: string; readonly weight?: string }[],
): [from: string, paths: string[]] {
  const { file } = openOnnx(
    folder.save(
      'scopes.onnx',
      modelBytes({
        input: [value('x', [1, 4])],
        output: [{ name: `t${nodes.length - 1}` }],
        initializer: nodes.flatMap(({ weight }) => (weight === undefined ? [] : [absent(weight, [4])])),
        node: nodes.map(({ name, weight }, index) => ({
          ...node('Add', [index === 0 ? 'x' : `t${index - 1}`, weight ?? 'x'], [`t${index}`]),
          name,
        })),
      }),
    ),
  )
  return [file.scopesFrom, file.nodes.map(({ scope }) => file.scopes[scope]!.path)]
}

describe('parts of a model', () => {
  it('are those that nodes are named after', () => {
    expect(scopesOf([{ name: '/stem/Add' }, { name: '/blocks.0/attn/Add_1' }])).toEqual([
      'nodes',
      ['stem', 'blocks.0/attn'],
    ])
  })

  it('are those that weights are named after where nodes are only numbered', () => {
    expect(
      scopesOf([
        { name: 'Add_0', weight: 'layers.0.attn.bias' },
        { name: 'Add_1' },
        { name: 'Add_2', weight: 'layers.1.attn.bias' },
      ]),
    ).toEqual(['weights', ['layers/0', 'layers/0', 'layers/1']])
  })

  it('are not made of numbers with a point', () => {
    expect(
      scopesOf([
        { name: 'Add_0', weight: 'scalar_128.0' },
        { name: 'Add_1', weight: 'scalar_-0.5' },
      ]),
    ).toEqual(['weights', ['', '']])
  })
})
