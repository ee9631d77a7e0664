import fc from 'fast-check'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { readGraphOutline } from './graph-outline'
import { openGraph } from './open-graph'
import { matMulGraph, saveGraph, temporaryFolder } from './testing/sample-graphs'
import { writeGraph } from './testing/write-graph'

const folder = temporaryFolder()
afterAll(() => folder.remove())

describe('what a graph says about itself', () => {
  it('is what it was written with', () => {
    const path = saveGraph(folder.path, 'graph.onnx', matMulGraph)
    const outline = readGraphOutline(path)
    expect(outline.inputs).toEqual(matMulGraph.inputs)
    expect(outline.outputs).toEqual(matMulGraph.outputs)
    expect(outline.paths).toEqual([path])
    expect(Object.fromEntries(outline.weightBytes)).toEqual({ float32: 64, int64: 8 })
  })

  it.each(['transformer', 'vae_decoder', 'text_encoder_2'])('agrees with onnxruntime on the %s', async (part) => {
    const path = join('test-fixtures', 'models', 'tiny-sd3', part, 'model.onnx')
    const outline = readGraphOutline(path)
    const session = await openGraph({ path, role: part, provider: 'cpu' })
    expect(outline.inputs).toEqual(session.inputs)
    expect(outline.outputs.map(({ name }) => name)).toEqual(session.outputs.map(({ name }) => name))
    expect(outline.bytes).toBe(session.bytes)
    await session.release()
  })

  it('is refused as broken, and in no other way, when the file is cut or damaged anywhere', () => {
    const whole = writeGraph(matMulGraph)
    const path = join(folder.path, 'damaged.onnx')
    fc.assert(
      fc.property(
        fc.nat({ max: whole.length - 1 }),
        fc.nat({ max: 255 }),
        fc.nat({ max: whole.length }),
        (at, value, cut) => {
          const damaged = Buffer.from(whole.subarray(0, cut))
          if (at < cut) damaged[at] = value
          writeFileSync(path, damaged)
          try {
            readGraphOutline(path)
          } catch (error) {
            expect(error).toBeInstanceOf(StudioError)
            expect((error as StudioError).code).toBe('MODEL_BROKEN')
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it.each(['../w.data', '/tmp/w.data'])(
    'is refused where it asks for weights outside its own folder: %s',
    (location) => {
      const w = { dtype: 'float32' as const, shape: [4, 4], external: { location, offset: 0, length: 64 } }
      const path = saveGraph(folder.path, 'outside.onnx', { ...matMulGraph, initializers: { w } })
      expect(() => readGraphOutline(path)).toThrow(/asks for weights/)
    },
  )
})
