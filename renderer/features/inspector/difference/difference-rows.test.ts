import { expect, it } from 'vitest'
import type { Inspection } from '../../../../contract/inspection'
import { allRows, differenceRows, type Compared } from './difference-rows'

const nodes = (...ops: string[]) =>
  ({
    nodes: ops.map((op, index) => ({ name: `${op}-${index}`, op, outputs: [] })),
    tensors: [],
    weights: [],
  }) as unknown as Inspection

const compared: Compared = {
  before: nodes('Cast', 'Unsqueeze', 'MatMul', 'Relu', 'Split'),
  after: nodes('MatMulNBits', 'Add', 'Split', 'Tanh'),
  difference: {
    header: [],
    weights: { added: [], removed: [], changed: [], same: 0 },
    nodes: {
      added: [1, 3],
      removed: [0, 1, 3],
      same: 0,
      changed: [
        { before: 4, after: 2, changes: [{ what: 'inputs', before: 'a', after: 'b' }] },
        { before: 2, after: 0, changes: [{ what: 'operator', before: 'MatMul', after: 'MatMulNBits' }] },
      ],
      groups: [{ around: 1, removed: [0, 1], added: [1] }],
    },
  },
}

it('shows what became another operator first, with what went and came with it folded into it', () => {
  const folded = allRows(compared, 'nodes', new Set())
  expect(folded.map(({ key }) => key)).toEqual(['changed-2', 'removed-3', 'added-3', 'changed-4'])
  expect(folded[0]!.helpers).toEqual({
    words: 'without 2 nodes, with 1 node',
    operators: 'without 1 Cast, 1 Unsqueeze\nwith 1 Add',
  })
  const unfolded = allRows(compared, 'nodes', new Set(['changed-2']))
  expect(unfolded.map(({ key, isHelper }) => `${key}${isHelper ? ' below' : ''}`)).toEqual([
    'changed-2',
    'removed-0 below',
    'removed-1 below',
    'added-1 below',
    'removed-3',
    'added-3',
    'changed-4',
  ])
})

it('shows all that was removed where only that is asked for', () => {
  expect(differenceRows(compared, 'nodes', 'removed').map(({ key }) => key)).toEqual([
    'removed-0',
    'removed-1',
    'removed-3',
  ])
})
