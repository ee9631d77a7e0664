import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { Generator } from './noise'
import { readSafetensors } from './safetensors'

// All expected numbers were printed by torch 2.13 on a CPU.

function randn(generator: Generator, size: number): number[] {
  return [...generator.randn(new Float32Array(size))]
}

function expectClose(actual: number[], expected: number[]): void {
  expected.forEach((value, index) => expect(actual[index]).toBeCloseTo(value, 6))
}

describe('Generator', () => {
  it.each([
    [0, [-1.1258398294448853, -1.152360200881958, -0.2505785822868347]],
    [42, [1.9269152879714966, 1.4872840642929077, 0.9007171988487244]],
    [2 ** 32 - 1, [-2.664297580718994, -1.0910485982894897, 0.45144742727279663]],
    [2 ** 40 + 7, [-0.8201345205307007, 0.39563116431236267, 0.8989084959030151]],
  ])('draws what torch.randn draws for seed %d', (seed, expected) => {
    expectClose(randn(new Generator(seed), 20), expected)
  })

  it.each([
    [0, [0.9700530018065531, 0.707819864399788, 0.45938294312745087]],
    [42, [0.05815448596142969, 0.06291016742457756, 0.12358607277440903]],
  ])('draws uniform numbers as torch.rand of float64 does for seed %d', (seed, expected) => {
    const generator = new Generator(seed)
    expect(expected.map(() => generator.uniform())).toEqual(expected)
  })

  it('goes on where the last draw stopped, through short, whole-block and ragged sizes', () => {
    const generator = new Generator(42)
    expectClose(
      randn(generator, 7),
      [
        0.33669036626815796, 0.12880940735340118, 0.23446236550807953, 0.23033303022384644, -1.1228563785552979,
        -0.18632829189300537, 2.2082014083862305,
      ],
    )
    expectClose(randn(generator, 16), [1.6423169374465942, -0.1595974713563919, -0.4973975419998169])
    expectClose(randn(generator, 3), [-0.637997031211853, 1.322135090827942, 0.8171897530555725])
    expectClose(
      randn(generator, 21),
      [
        0.3188803195953369, -0.42451897263526917, 0.3057209253311157, -0.7745925188064575, 0.0349123440682888,
        -0.9223900437355042, 1.811317801475525, 0.16056492924690247, 0.36724865436553955, 0.17541083693504333,
        1.3851605653762817, -0.44585201144218445, 1.4451338052749634, 0.7078122496604919, -1.0758858919143677,
        0.5356546640396118, 1.1753677129745483, 0.5611738562583923, -0.45274803042411804, -0.771777868270874,
        -0.1721901297569275,
      ],
    )
  })

  const file = path.join(import.meta.dirname, '../../test-fixtures/goldens/sd3/noise.safetensors')
  const goldens = [...readSafetensors(readFileSync(file))]

  it.each(goldens.filter(([name]) => !name.includes('sequence')))('draws golden %s', (name, { data }) => {
    const seed = Number(/^seed(\d+)/u.exec(name)?.[1])
    expectClose(randn(new Generator(seed), data.length), [...(data as Float32Array)])
  })

  it('draws the golden sequences', () => {
    const generators = new Map<string, Generator>()
    for (const [name, { data }] of goldens.filter(([key]) => key.includes('sequence')).sort()) {
      const sequence = name.replace(/\.\d+$/u, '')
      const generator = generators.get(sequence) ?? new Generator(Number(/^seed(\d+)/u.exec(name)?.[1]))
      generators.set(sequence, generator)
      expectClose(randn(generator, data.length), [...(data as Float32Array)])
    }
    expect(generators.size).toBeGreaterThan(4)
  })

  it('looks at the low 32 bits of a seed alone, as torch does', () => {
    expect(randn(new Generator(2 ** 32 + 42), 32)).toEqual(randn(new Generator(42), 32))
    expect(randn(new Generator(2 ** 53 - 1), 32)).toEqual(randn(new Generator(2 ** 32 - 1), 32))
  })

  it('gives finite numbers with mean 0 and variance 1', () => {
    const values = randn(new Generator(3), 65536)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length
    expect(Math.abs(mean)).toBeLessThan(0.02)
    expect(Math.abs(variance - 1)).toBeLessThan(0.02)
  })

  it.each([-1, 0.5, 2 ** 53, NaN])('refuses %d as a seed', (seed) => {
    expect(() => new Generator(seed)).toThrow(RangeError)
  })
})
