import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { Convolution } from '../../contract/inspection'
import { shapeAt } from '../../contract/inspection-counts'
import type { BlockName } from '../../contract/inspection-measures'
import { blockForms } from './block-layers'
import { countBlocks } from './count-blocks'
import { countModel } from './count-model'
import { judge, measureBlocks } from './measure-blocks'
import { openOnnx } from './open-onnx'
import { SampleFolder } from './testing/sample-models'
import { writeBlock } from './write-block'

const folder = new SampleFolder()
afterAll(() => folder.remove())

const layer: Convolution = {
  kernel: 3,
  inputChannels: 128,
  outputChannels: 128,
  height: 28,
  width: 28,
  stride: 1,
  groups: 1,
}
const block = (convolution: Convolution, name: BlockName) => countBlocks(convolution).find((one) => one.name === name)!

/** Sizes small enough to write weights for. */
const convolutions: fc.Arbitrary<Convolution> = fc.record({
  kernel: fc.constantFrom(1, 2, 3, 5),
  inputChannels: fc.integer({ min: 1, max: 12 }),
  outputChannels: fc.integer({ min: 1, max: 12 }),
  height: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 9 }),
  stride: fc.integer({ min: 1, max: 3 }),
  groups: fc.constantFrom(1, 2, 4),
})

describe('the forms of a convolution', () => {
  it.each([
    ['standard', 147_456, 147_456 * 784],
    ['bottleneck', 17_408, 17_408 * 784],
    ['grouped-shuffle', 36_864, 36_864 * 784],
    ['depthwise-separable', 17_536, 17_536 * 784],
    ['fire', 12_288, 12_288 * 784],
    ['inverted-residual', 203_520, 203_520 * 784],
    ['shufflenet-v2', 8_768, 8_768 * 784],
    ['ghost', 9 * 128 * 64 + 9 * 64, (9 * 128 * 64 + 9 * 64) * 784],
  ] as const)('%s of 28 x 28 and 128 channels has %i parameters', (name, parameters, macs) => {
    expect(block(layer, name)).toMatchObject({ parameters, macs, refused: null })
  })

  it('a ghost module of a 1 x 1 has 8768 parameters, and a plain 3 x 3 does 332 multiply-adds an element moved', () => {
    expect(block({ ...layer, kernel: 1 }, 'ghost').parameters).toBe(8768)
    const plain = block(layer, 'standard')
    expect(Math.round(plain.macs / plain.elementsMoved)).toBe(332)
  })

  it('counts the first 1 x 1 of a strided unit at the input’s size', () => {
    const strided = { ...layer, stride: 2, outputChannels: 256 }
    const [c, half, area] = [128, 128, 14 * 14]
    expect(block(strided, 'shufflenet-v2').parameters).toBe(9 * c + 2 * c * half + 9 * half + half * half)
    expect(block(strided, 'inverted-residual').macs).toBe(6 * c * c * 784 + (9 * 6 * c + 6 * c * 256) * area)
  })

  it('refuses in words what has no such form', () => {
    expect(block({ ...layer, outputChannels: 256 }, 'shufflenet-v2').refused).toContain('stride 1')
    expect(block({ ...layer, outputChannels: 127 }, 'ghost').refused).toContain('half')
    expect(block({ ...layer, inputChannels: 3 }, 'grouped-shuffle').refused).toContain('groups')
  })

  it('counts what the graphs that are run really hold', () => {
    fc.assert(
      fc.property(convolutions, (convolution) => {
        const counts = countBlocks(convolution)
        blockForms(convolution).forEach((form, index) => {
          if (form.refused !== null) return
          const model = openOnnx(folder.save('block.onnx', writeBlock(form, convolution)))
          const counted = countModel(model, {})
          expect(counted.unknown).toEqual([])
          expect(counted.scopes.macs[0]).toBe(counts[index]!.macs)
          const weights = model.file.weights.filter(({ dtype }) => dtype === 'float32')
          expect(weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)).toBe(
            counts[index]!.parameters,
          )
          const output = shapeAt(counted, model.file.outputs[0]!)
          const side = (size: number): number => Math.ceil(size / convolution.stride)
          expect(output).toEqual([1, convolution.outputChannels, side(convolution.height), side(convolution.width)])
        })
      }),
      { numRuns: 40 },
    )
  })

  it('marks a block that its multiply-adds did not make faster, with the guideline that says why', () => {
    const milliseconds: Partial<Record<BlockName, number>> = {
      standard: 1,
      'shufflenet-v2': 1.2,
      'depthwise-separable': 0.2,
    }
    const judged = judge(layer, (name) =>
      milliseconds[name] === undefined ? null : { median: milliseconds[name], p95: 2 },
    )
    const one = (name: BlockName) => judged.find((found) => found.name === name)!
    expect(one('shufflenet-v2').slowerThanItsMacs).toBe(true)
    expect(one('shufflenet-v2').guidelines.map(({ name }) => name)).toEqual(['G3', 'G4'])
    expect(one('depthwise-separable')).toMatchObject({ slowerThanItsMacs: false, guidelines: [] })
    expect(one('fire').milliseconds).toBeNull()
  })

  it('runs every form on this machine, and stops when asked to', async () => {
    const small: Convolution = { ...layer, inputChannels: 8, outputChannels: 8, height: 8, width: 8 }
    const told: number[] = []
    const measured = await measureBlocks(small, 1, {
      tell: (fraction) => told.push(fraction),
      isCancelled: () => false,
    })
    expect(measured.blocks.every(({ milliseconds, refused }) => (milliseconds === null) === (refused !== null))).toBe(
      true,
    )
    expect(measured.blocks[0]!.milliseconds!.median).toBeGreaterThan(0)
    expect(told.at(-1)).toBeGreaterThan(0.9)
    await expect(measureBlocks(small, 1, { tell: () => undefined, isCancelled: () => true })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
  })
})
