import { expect, it } from 'vitest'
import type { Inspection } from '../../../../contract/inspection'
import { weightTiles } from './weight-tiles'

const entries = [
  { name: 'model.layers.0.attn.q.weight', dtype: 'q4_1', shape: [64, 64], parameters: 4096, bytes: 2560 },
  { name: 'model.norm.weight', dtype: 'float32', shape: [1000], parameters: 1000, bytes: 4000 },
  { name: 'model.layers.0.running_mean', dtype: 'float32', shape: [8], parameters: 0, bytes: 32 },
]
const inspection = {
  tensors: entries.map(({ name }) => ({ name })),
  weights: entries.map((entry, tensor) => ({ ...entry, tensor })),
} as unknown as Inspection

it('gives each weight an area by its bytes or its parameters, and a colour by the bits of one parameter', () => {
  const { tiles, bits, left } = weightTiles(inspection, 'stored')
  expect(tiles.map(({ key, label, value, heat }) => [key, label, value, heat])).toEqual([
    ['1', 'model.norm', 4000, 1],
    ['0', '0.attn.q', 2560, 0],
    ['2', '0.running_mean', 32, null],
  ])
  expect([bits, left]).toEqual([{ least: 5, most: 32 }, 0])
  expect(tiles[1]!.words).toMatch(/^model.layers.0.attn.q.weight.*q4_1.*parameters of 5(\.00)? bits$/)
  expect(weightTiles(inspection, 'parameters').tiles.map(({ key }) => key)).toEqual(['0', '1'])
})

it('has one colour where all parameters are stored alike, and says how many weights are left out', () => {
  const many = Array.from({ length: 450 }, (_, index) => ({
    ...entries[1]!,
    name: `w${index}`,
    bytes: 4000 + index * 4,
    parameters: 1000 + index,
  }))
  const { tiles, bits, left } = weightTiles(
    {
      tensors: many.map(({ name }) => ({ name })),
      weights: many.map((entry, tensor) => ({ ...entry, tensor })),
    } as unknown as Inspection,
    'stored',
  )
  expect([tiles.length, left, bits, new Set(tiles.map(({ heat }) => heat))]).toEqual([400, 50, null, new Set([null])])
})
