import { describe, expect, it } from 'vitest'
import { sampleComparison } from '../../testing/sample-comparison'
import { layerRows, shortLayer } from './layer-rows'

const { layers, columns } = sampleComparison(['fp32', 'fp16', 'int4'])
const errors = columns.slice(1).map((column) => column.layers)

describe('the rows of the layers’ chart', () => {
  it('are the ten worst of any precision, the worst first', () => {
    const rows = layerRows(layers, errors, 'accumulated', 'worst')
    const worst = rows.map(({ values }) => Math.max(...values.map((value) => value ?? 0)))
    expect(rows).toHaveLength(10)
    expect(worst).toEqual([...worst].sort((one, other) => other - one))
    const all = errors.flatMap((column) => column.map(({ accumulatedRelative }) => accumulatedRelative ?? 0))
    expect(worst[0]).toBe(Math.max(...all))
  })

  it('are all layers in the order of the graph where depth is asked for', () => {
    expect(layerRows(layers, errors, 'isolated', 'depth').map(({ layer }) => layer)).toEqual(layers.map((_, at) => at))
  })

  it('say of a layer that was not measured that it was not', () => {
    expect(layerRows(layers, [[]], 'isolated', 'depth')[0]!.values).toEqual([null])
  })
})

describe('a short layer name', () => {
  it('keeps the end, by which layers differ', () => {
    expect(shortLayer('/blocks.3/attn/to_out/MatMul')).toBe('blocks 3 attn to_out')
    expect(shortLayer('/transformer/blocks.13/ff_context/net.2/Gemm')).toMatch(/^….*net 2$/)
    expect(shortLayer('MatMul_4')).toBe('MatMul_4')
  })
})
