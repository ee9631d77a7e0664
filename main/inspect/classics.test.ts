import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { countModel } from './count-model'
import { openOnnx } from './open-onnx'

const folder = join('test-fixtures', 'inspect')
const published = JSON.parse(readFileSync(join(folder, 'classics.json'), 'utf8')) as Record<
  string,
  { parameters: string | null; macs: string; source: string }
>

/** One part in a hundred, or half of the last digit where fewer were printed. */
function tolerance(text: string): number {
  const [digits = '', exponent = '0'] = text.split('e')
  const last = 10 ** (Number(exponent) - (digits.split('.')[1]?.length ?? 0))
  return Math.max(0.01 * Number(text), last / 2)
}

describe('networks without their weights', () => {
  it.each(Object.entries(published))(
    '%s has the parameters and multiply-adds that were published',
    (name, { parameters, macs }) => {
      const model = openOnnx(join(folder, `${name}.onnx`))
      const counts = countModel(model, { batch: 1 })
      expect(counts.unknown).toEqual([])
      expect(Math.abs(counts.scopes.macs[0]! - Number(macs))).toBeLessThanOrEqual(tolerance(macs))
      if (parameters !== null) {
        expect(Math.abs(model.file.parameters - Number(parameters))).toBeLessThanOrEqual(tolerance(parameters))
      }
      expect(counts.scopes.parameters[0]).toBe(model.file.parameters)
      expect(model.file.weightFiles).toMatchObject([{ location: 'absent.data', state: 'missing' }])
    },
  )

  it('of EfficientNet-lite0 are the sum of its rows, whatever its own page counts besides', () => {
    // Expansion, channels out, how many, stride and kernel of each stage, as in table 1 of Tan and Le 2019.
    const stages = [
      [1, 16, 1, 1, 3],
      [6, 24, 2, 2, 3],
      [6, 40, 2, 2, 5],
      [6, 80, 3, 2, 3],
      [6, 112, 3, 1, 5],
      [6, 192, 4, 2, 5],
      [6, 320, 1, 1, 3],
    ] as const
    let [channels, side] = [32, 112]
    let macs = 3 * 3 * 3 * channels * side ** 2
    for (const [expansion, out, units, stride, kernel] of stages) {
      for (let unit = 0; unit < units; unit += 1) {
        const inner = expansion * channels
        if (expansion > 1) macs += channels * inner * side ** 2
        if (unit === 0) side /= stride
        macs += kernel ** 2 * inner * side ** 2 + inner * out * side ** 2
        channels = out
      }
    }
    macs += channels * 1280 * side ** 2 + 1280 * 1000
    const counts = countModel(openOnnx(join(folder, 'efficientnet-lite0.onnx')), { batch: 1 })
    expect(counts.scopes.macs[0]).toBe(macs)
    expect(macs).toBe(385_187_552)
  })

  it('cost twice as much for two pictures, and nothing known before there is a batch', () => {
    const model = openOnnx(join(folder, 'mobilenet-v2.onnx'))
    const [one, two, none] = [countModel(model, { batch: 1 }), countModel(model, { batch: 2 }), countModel(model, {})]
    expect(two.scopes.macs[0]).toBe(2 * one.scopes.macs[0]!)
    expect(none.scopes.macs[0]).toBeNull()
    expect(none.missing).toEqual(['batch'])
    expect(none.scopes.macsAtLeast[0]).toBe(0)
  })

  it.each(Object.keys(published))('%s is the sum of its parts at every level', (name) => {
    const { file, ...model } = openOnnx(join(folder, `${name}.onnx`))
    const { scopes, nodes } = countModel({ file, ...model }, { batch: 1 })
    file.scopes.forEach((_, scope) => {
      const children = file.scopes.flatMap(({ parent }, child) => (parent === scope ? [child] : []))
      const own = file.nodes.flatMap((node, index) => (node.scope === scope ? [index] : []))
      for (const column of ['macs', 'elementOps', 'bytesMoved', 'parameters', 'storedBytes'] as const) {
        const parts = [...children.map((child) => scopes[column][child]!), ...own.map((node) => nodes[column][node]!)]
        expect(scopes[column][scope]).toBe(parts.reduce((sum, part) => sum + part, 0))
      }
    })
  })
})
