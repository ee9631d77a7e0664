// Damaged headers of files that hold weights alone.
import fc from 'fast-check'
import { closeSync, ftruncateSync, openSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { inspectionSchema, tensorViewSchema } from '../../contract/inspection'
import { openModel } from './open-model'
import { SampleFolder } from './testing/sample-models'
import { ggufBytes, safetensorsBytes } from './testing/sample-headers'
import { viewTensor } from './view-tensor'

const folder = new SampleFolder()
afterAll(() => folder.remove())

const floats = new Uint8Array(Float32Array.from({ length: 96 }, (_, index) => index - 40).buffer)
const whole = {
  'weights.gguf': ggufBytes(
    {
      'general.architecture': 'llama',
      'general.alignment': 32,
      epsilon: { f: 1e-5 },
      tokens: [5, 6, 7, 8, 9, 10, 11, 12, 13],
    },
    [
      { name: 'blk.0.attn.weight', shape: [8, 12], type: 0, content: floats },
      { name: 'blk.0.ffn.weight', shape: [2, 64], type: 8, content: new Uint8Array(136).fill(3) },
      { name: 'output.weight', shape: [256], type: 14, content: new Uint8Array(210).fill(9) },
    ],
  ),
  'weights.safetensors': safetensorsBytes(
    {
      'layer.0.weight': { dtype: 'F32', shape: [8, 12], content: floats },
      'layer.0.bias': { dtype: 'BF16', shape: [8], content: new Uint8Array(16) },
      codes: { dtype: 'I8', shape: [3, 4], content: new Uint8Array(12) },
    },
    { format: 'pt' },
  ),
}

/** Opens a file and looks at every weight; what is refused must be refused in words. @returns how it went */
function look(path: string): string {
  try {
    const model = openModel(path)
    inspectionSchema.parse({ ...model.file, id: 'x', source: { kind: 'path', path } })
    model.file.weights.forEach((weight, index) => {
      if (weight.place === 'absent') return
      const request = { bins: 8, first: 4, at: [1, 2], rows: 8, columns: 8 }
      try {
        tensorViewSchema.parse(viewTensor('w', weight, model.valueSource(index), request))
      } catch (error) {
        if (!(error instanceof StudioError)) throw error
      }
    })
    return 'opened'
  } catch (error) {
    if (error instanceof StudioError) return error.code
    throw error
  }
}

type Damage =
  | { readonly kind: 'byte'; readonly at: number; readonly byte: number }
  | { readonly kind: 'number'; readonly at: number; readonly value: bigint }
  | { readonly kind: 'cut'; readonly at: number }

const share = fc.double({ min: 0, max: 1, noNaN: true })
const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 16, arbitrary: fc.record({ kind: fc.constant('byte' as const), at: share, byte: fc.nat({ max: 255 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('number' as const),
      at: share,
      value: fc.oneof(
        fc.bigInt(0n, 2n ** 64n - 1n),
        fc.constantFrom(0n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: share }) },
)

function damaged(bytes: Buffer, damages: readonly Damage[]): Buffer {
  let result = Buffer.from(bytes)
  for (const one of damages) {
    const at = Math.floor(one.at * Math.max(0, result.length - 9))
    if (one.kind === 'byte' && result.length > at) result[at] = one.byte
    if (one.kind === 'number' && result.length >= at + 8) result.writeBigUInt64LE(one.value, at)
    if (one.kind === 'cut') result = result.subarray(0, Math.ceil(one.at * result.length))
  }
  return result
}

describe('damaged headers', () => {
  it.each(Object.entries(whole))(
    'a thousand of %s open or are refused in words, at once',
    (name, bytes) => {
      expect(look(folder.save(name, bytes))).toBe('opened')
      const outcomes = new Map<string, number>()
      fc.assert(
        fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
          const began = process.cpuUsage()
          const outcome = look(folder.save(name, damaged(bytes, damages)))
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
          expect(['opened', 'MODEL_BROKEN', 'MODEL_UNSUPPORTED']).toContain(outcome)
          // An undamaged one takes a millisecond. Time of the processor, because a busy machine lets anything wait.
          expect(process.cpuUsage(began).user / 1000).toBeLessThan(2000)
        }),
        { numRuns: 1000, seed: 29 },
      )
      // Damage that nothing ever notices, or that always looks the same, would prove nothing.
      expect(outcomes.get('opened')).toBeGreaterThan(20)
      expect(outcomes.get('MODEL_BROKEN')).toBeGreaterThan(50)
    },
    240_000,
  )

  it('a list that claims to be as long as a file of 4 GB is stepped over or refused, not read', () => {
    const held = process.memoryUsage().arrayBuffers
    for (const itemType of [0, 8, 9]) {
      const bytes = ggufBytes({ list: [1, 2, 3] }, [])
      // Type of the items and how many: behind the key (8 + 4 bytes) and the type of the value.
      const at = 24 + 12 + 4
      bytes.writeUInt32LE(itemType, at)
      bytes.writeBigUInt64LE(BigInt(itemType === 0 ? 2 ** 31 + 2 ** 30 : 2 ** 31), at + 4)
      const path = folder.save(`list-${itemType}.gguf`, bytes)
      const file = openSync(path, 'r+')
      ftruncateSync(file, 4 * 2 ** 30)
      closeSync(file)
      const began = process.cpuUsage()
      expect(look(path)).toBe(itemType === 0 ? 'opened' : 'MODEL_BROKEN')
      expect(process.cpuUsage(began).user / 1000).toBeLessThan(2000)
    }
    expect(process.memoryUsage().arrayBuffers - held).toBeLessThan(64 * 2 ** 20)
  })

  it('weights beyond the end of a file that was cut off are absent, the others are there', () => {
    const bytes = whole['weights.gguf']
    const model = openModel(folder.save('cut.gguf', bytes.subarray(0, bytes.length - 200)))
    expect(model.file.weights.map(({ place }) => place)).toEqual(['graph', 'graph', 'absent'])
    expect(model.file.notes.join()).toContain('cut off')
  })
})
