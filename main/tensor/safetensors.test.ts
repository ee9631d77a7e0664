import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { readSafetensors } from './safetensors'

function file(header: unknown, values: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + json.length + values.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
  bytes.set(json, 8)
  bytes.set(values, 8 + json.length)
  return bytes
}

const floats = new Uint8Array(Float32Array.of(1, 2, 3).buffer)

describe('readSafetensors', () => {
  it('reads tensors by name and passes over the metadata', () => {
    const header = {
      __metadata__: { format: 'pt' },
      x: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
      y: { dtype: 'F32', shape: [], data_offsets: [8, 12] },
    }
    const tensors = readSafetensors(file(header, floats))
    expect([...tensors.keys()]).toEqual(['x', 'y'])
    expect(tensors.get('x')).toEqual({ dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) })
    expect(tensors.get('y')?.data).toEqual(Float32Array.of(3))
  })

  it.each([
    ['is empty', new Uint8Array(0)],
    ['has a header longer than itself', Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 123)],
    ['has no JSON', file('{', floats)],
    ['has a list for a header', file([], floats)],
    ['is cut short', file({ x: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }, floats)],
    ['has a shape that needs other bytes', file({ x: { dtype: 'F32', shape: [4], data_offsets: [0, 12] } }, floats)],
    ['has no offsets', file({ x: { dtype: 'F32', shape: [3] } }, floats)],
    ['has an unknown type', file({ x: { dtype: 'BF16', shape: [6], data_offsets: [0, 12] } }, floats)],
  ])('throws a StudioError when the file %s', (_, bytes) => {
    expect(() => readSafetensors(bytes)).toThrow(StudioError)
  })

  it('never fails in any other way, whatever the bytes', () => {
    const description = fc.record({
      dtype: fc.constantFrom('F32', 'F16', 'I64', 'U8', 'constructor', 3),
      shape: fc.oneof(fc.array(fc.integer({ min: -1, max: 3 })), fc.string()),
      data_offsets: fc.oneof(fc.array(fc.integer({ min: -2, max: 14 })), fc.constant(null)),
    })
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.dictionary(fc.string(), description).map((header) => file(header, floats)),
    )
    fc.assert(
      fc.property(anything, (bytes) => {
        try {
          readSafetensors(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(StudioError)
        }
      }),
    )
  })
})
