import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { countModel } from './count-model'
import { openOnnx } from './open-onnx'
import { ints, modelBytes, node, SampleFolder, value } from './testing/sample-models'

const folder = new SampleFolder()
afterAll(() => folder.remove())

/** Everything but the clock. */
function counted(model: ReturnType<typeof openOnnx>, sizes: Readonly<Record<string, number>>) {
  const { milliseconds, ...counts } = countModel(model, sizes)
  expect(milliseconds).toBeGreaterThanOrEqual(0)
  return counts
}

describe('what is remembered from count to count', () => {
  it.each([
    'test-fixtures/models/tiny-sd3/transformer/model.onnx',
    'test-fixtures/models/tiny-causal-lm/target-int4.onnx',
    'test-fixtures/models/tiny-bagel/decoder.onnx',
    'resources/models/thundernet-emoji/detect.onnx',
  ])('changes no figure of %s, whatever sizes were counted before', (path) => {
    const model = openOnnx(path)
    const names = model.file.dimensions.map(({ name }) => name)
    const size = fc.option(fc.integer({ min: 0, max: 40 }), { nil: null, freq: 6 })
    const chosen = fc.array(size, { minLength: names.length, maxLength: names.length })
    fc.assert(
      fc.property(fc.array(chosen, { minLength: 2, maxLength: 4 }), (rounds) => {
        for (const round of rounds) {
          const sizes = Object.fromEntries(
            names.flatMap((name, place) => (round[place] == null ? [] : [[name, round[place]]])),
          )
          expect(counted(model, sizes)).toEqual(counted(openOnnx(path), sizes))
        }
      }),
      { numRuns: 6 },
    )
  })

  it('tells nodes apart by what they are set to, and by what their constants say', () => {
    const path = folder.save(
      'alike.onnx',
      modelBytes({
        input: [value('x', [2, 'n'])],
        output: [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }],
        initializer: [ints('flat', [-1]), ints('tall', [-1, 1])],
        node: [
          node('Concat', ['x', 'x'], ['a'], { axis: 0 }),
          node('Concat', ['x', 'x'], ['b'], { axis: 1 }),
          node('Reshape', ['x', 'flat'], ['c']),
          node('Reshape', ['x', 'tall'], ['d']),
        ],
      }),
    )
    const model = openOnnx(path)
    const shapes = (n: number) => {
      const { different, ofTensor } = counted(model, { n }).shapes
      return model.file.outputs.map((tensor) => different[ofTensor[tensor]!])
    }
    expect(shapes(3)).toEqual([[4, 3], [2, 6], [6], [6, 1]])
    expect(shapes(5)).toEqual([[4, 5], [2, 10], [10], [10, 1]])
    expect(shapes(3)).toEqual([[4, 3], [2, 6], [6], [6, 1]])
  })
})
