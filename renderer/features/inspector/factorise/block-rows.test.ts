import { expect, it } from 'vitest'
import type { Block, MeasuredBlocks } from '../../../../contract/inspection-measures'
import { blockRows } from './block-rows'

const block = (name: Block['name'], macs: number, refused: string | null = null): Block => ({
  name,
  description: '',
  refused,
  parameters: 1,
  macs,
  elementsMoved: 1,
  elementwiseShare: 0,
})

const blocks = [
  block('standard', 100),
  block('depthwise-separable', 12),
  block('shufflenet-v2', 0, 'needs equal channels'),
]

it('compares multiply-adds with the standard form, and leaves out what cannot stand for it', () => {
  expect(blockRows(blocks, null).map(({ macsRatio, timeRatio }) => [macsRatio, timeRatio])).toEqual([
    [1, null],
    [0.12, null],
    [null, null],
  ])
})

it('compares times only where both were measured', () => {
  const measured = {
    blocks: [
      {
        ...blocks[0]!,
        milliseconds: { median: 4, p95: 5 },
        macsPerSecond: 1,
        slowerThanItsMacs: false,
        guidelines: [],
      },
      { ...blocks[1]!, milliseconds: { median: 2, p95: 3 }, macsPerSecond: 1, slowerThanItsMacs: true, guidelines: [] },
      { ...blocks[2]!, milliseconds: null, macsPerSecond: null, slowerThanItsMacs: false, guidelines: [] },
    ],
  } as unknown as MeasuredBlocks
  expect(blockRows(blocks, measured).map(({ timeRatio }) => timeRatio)).toEqual([1, 0.5, null])
})
