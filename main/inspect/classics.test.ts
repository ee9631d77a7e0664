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
