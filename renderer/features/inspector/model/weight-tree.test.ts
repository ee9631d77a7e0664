import { expect, it } from 'vitest'
import type { Inspection } from '../../../../contract/inspection'
import { weightGroupsOf, weightRows } from './weight-tree'

const names = [
  'model.norm.weight',
  'model.layers.0.q.weight',
  'model.layers.0.q.bias',
  'model.layers.1.q.weight',
  'head',
]

const inspection = {
  tensors: names.map((name, index) => ({ name, dtype: 'float32', shape: [2], weight: index })),
  weights: names.map((_, index) => ({ tensor: index, dtype: 'float32', shape: [2], parameters: 2, bytes: 8 })),
} as unknown as Inspection

it('puts weights in groups by the parts of their names, each the sum of what is in it', () => {
  const groups = weightGroupsOf(inspection)
  const of = (path: string) => groups.find((group) => group.path === path)!
  expect([of('').parameters, of('model').parameters, of('model.layers.0').parameters]).toEqual([10, 8, 4])
  for (const group of groups) {
    const inside = group.groups.reduce((sum, index) => sum + groups[index]!.parameters, 0) + group.weights.length * 2
    expect(group.parameters).toBe(inside)
  }
})

it('shows a closed group as one row, and what is in an open one below it', () => {
  const groups = weightGroupsOf(inspection)
  const labels = (open: ReadonlySet<string>) =>
    weightRows(groups, open).map(
      ({ item, depth }) => `${depth} ${item.kind === 'group' ? groups[item.index]!.path : names[item.index]}`,
    )
  expect(labels(new Set())).toEqual(['0 model', '0 head'])
  const model = groups.findIndex(({ path }) => path === 'model')
  expect(labels(new Set([`group-${model}`]))).toEqual(['0 model', '1 model.norm', '1 model.layers', '0 head'])
})
