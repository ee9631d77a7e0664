import fc from 'fast-check'
import { closeSync, ftruncateSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { inspectionCountsSchema } from '../../contract/inspection-counts'
import { inspectionSchema } from '../../contract/inspection'
import { TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'
import { countModel } from './count-model'
import { openModel } from './open-model'
import { ggufBytes } from './testing/sample-headers'
import { absent, modelBytes, node, SampleFolder, value } from './testing/sample-models'
import { openValues, readValues } from './weight-values'

const folder = new SampleFolder()
afterAll(() => folder.remove())

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof StudioError) return error.code
    throw error
  }
  return 'opened'
}

/** What opens must be what the contract says it is, and must be countable. */
function openAndCount(path: string): void {
  const model = openModel(path)
  inspectionSchema.parse({ ...model.file, id: 'x', source: { kind: 'path', path } })
  const sizes = Object.fromEntries(model.file.dimensions.map(({ name, suggested }) => [name, suggested]))
  inspectionCountsSchema.parse(countModel(model, sizes))
}

/** A file of this size that takes no room on disk. */
function sparse(name: string, start: Uint8Array, bytes: number): string {
  const path = folder.save(name, start)
  const file = openSync(path, 'r+')
  ftruncateSync(file, bytes)
  closeSync(file)
  return path
}

const gigabytes = 2 ** 30

describe('files as they come', () => {
  it.each([
    ['empty.onnx', new Uint8Array()],
    ['text.onnx', new TextEncoder().encode('This is no model at all, only words.')],
    ['pointer.onnx', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n')],
    ['empty.safetensors', new Uint8Array()],
    ['long.safetensors', Buffer.from('ffffffffffffff7f7b7d', 'hex')],
    ['json.safetensors', Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{]')])],
    ['short.gguf', Buffer.from('GGUF\x03\0\0\0')],
    ['many.gguf', Buffer.concat([Buffer.from('GGUF\x03\0\0\0'), Buffer.alloc(16, 0xff)])],
  ])('%s is refused as broken', (name, bytes) => {
    expect(codeOf(() => openModel(folder.save(name, bytes)))).toBe('MODEL_BROKEN')
  })

  it('a missing file is refused as broken', () => {
    expect(codeOf(() => openModel(join(folder.path, 'nothing.onnx')))).toBe('MODEL_BROKEN')
  })

  it('a file cut off anywhere is refused as broken or opens as what is left', () => {
    const whole = readFileSync('test-fixtures/models/tiny-causal-lm/draft.onnx')
    for (let cut = 1; cut < whole.length; cut += 97) {
      expect(['MODEL_BROKEN', 'opened']).toContain(
        codeOf(() => openAndCount(folder.save('cut.onnx', whole.subarray(0, cut)))),
      )
    }
  })

  it('a thousand damaged graphs open, or are refused in words, and never crash', () => {
    const graphs = [
      'tiny-causal-lm/draft.onnx',
      'tiny-causal-lm/target-int4-lower.onnx',
      'tiny-bagel/velocity_head.onnx',
    ].map((name) => readFileSync(join('test-fixtures', 'models', name)))
    const mutation = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat({ max: 255 }) })
    fc.assert(
      fc.property(
        fc.nat({ max: graphs.length - 1 }),
        fc.array(mutation, { minLength: 1, maxLength: 12 }),
        (which, mutations) => {
          const damaged = Buffer.from(graphs[which]!)
          for (const { at, byte } of mutations) damaged[Math.floor(at * (damaged.length - 1))] = byte
          expect(['opened', 'MODEL_BROKEN', 'MODEL_UNSUPPORTED']).toContain(
            codeOf(() => openAndCount(folder.save('fuzz.onnx', damaged))),
          )
        },
      ),
      { numRuns: 1000, seed: 17 },
    )
  }, 240_000)

  it('a file of 4 GB beside the graph is not read', () => {
    const weight = { ...absent('w', [1024, 1024, 1024]), externalData: [{ key: 'location', value: 'large.data' }] }
    sparse('large.data', new Uint8Array(), 4 * gigabytes)
    const path = folder.save(
      'large.onnx',
      modelBytes({ initializer: [weight], input: [value('x', [1])], output: [{ name: 'x' }] }),
    )
    const { file } = openModel(path)
    expect(file.weightFiles).toMatchObject([{ location: 'large.data', state: 'there', needed: 4 * gigabytes }])
    expect(file.parameters).toBe(2 ** 30)
  })

  it('weights of 4 GB inside the graph’s own file are stepped over', () => {
    // A TensorProto whose raw data fills the rest of the file: field 9, length 4 GB less what is around it.
    const varint = (number: number): number[] =>
      number < 128 ? [number] : [(number % 128) | 128, ...varint(Math.floor(number / 128))]
    const bytes = 4 * gigabytes
    const head = [8, ...varint(2 ** 15), 8, ...varint(2 ** 15), 16, Type.FLOAT, 66, 1, 0x77, 74, ...varint(bytes)]
    const tensor = [42, ...varint(head.length + bytes), ...head]
    const model = [58, ...varint(tensor.length + bytes), ...tensor]
    const path = sparse('inside.onnx', Uint8Array.from(model), model.length + bytes)
    const { file, valueSource } = openModel(path)
    expect(file).toMatchObject({ parameters: 2 ** 30, weightBytes: bytes, graphBytes: model.length })
    const reader = openValues(valueSource(0))
    expect(readValues(reader, 2 ** 30 - 2, 5)).toEqual(new Float64Array(2))
    reader.close()
  })

  it.each(['../outside.data', '/etc/passwd', 'C:\\weights.data', 'a/../../b', 'a\\..\\..\\b'])(
    'weights asked for at %s are refused',
    (location) => {
      const weight = { ...absent('w', [4]), externalData: [{ key: 'location', value: location }] }
      const model = openModel(folder.save('outside.onnx', modelBytes({ initializer: [weight] })))
      expect(model.file.weightFiles).toMatchObject([{ state: 'refused' }])
      expect(codeOf(() => model.valueSource(0))).toBe('MODEL_BROKEN')
    },
  )

  it('a circle is shown with its nodes uncounted', () => {
    const path = folder.save(
      'circle.onnx',
      modelBytes({
        input: [value('x', [4])],
        output: [{ name: 'a' }],
        node: [node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b'])],
      }),
    )
    const model = openModel(path)
    expect(model.file.notes.join()).toContain('circle')
    expect(countModel(model, {}).unknown).toHaveLength(2)
  })

  it('nodes in the wrong order are put right', () => {
    const path = folder.save(
      'order.onnx',
      modelBytes({
        input: [value('x', [4])],
        output: [{ name: 'b' }],
        node: [node('Relu', ['a'], ['b']), node('Exp', ['x'], ['a'])],
      }),
    )
    const model = openModel(path)
    expect(model.file.nodes.map(({ op }) => op)).toEqual(['Exp', 'Relu'])
    expect(countModel(model, {}).unknown).toEqual([])
  })

  it('unknown operators and newer opsets are named', () => {
    const path = folder.save(
      'foreign.onnx',
      modelBytes(
        { input: [value('x', [4])], output: [{ name: 'y' }], node: [node('Frobnicate', ['x'], ['y'], {}, 'my.own')] },
        { opsetImport: [{ domain: '', version: 99n }] },
      ),
    )
    const { file } = openModel(path)
    expect(file.notes.join(' ')).toContain('my.own.Frobnicate')
    expect(file.notes.join(' ')).toContain('Opset 99')
  })

  it('sizes of 0 and sizes that no tensor can have are shown for what they are', () => {
    const path = folder.save(
      'zero.onnx',
      modelBytes({
        input: [value('x', [0, 4])],
        output: [{ name: 'y' }],
        initializer: [absent('w', [4, 4]), absent('huge', [2 ** 40, 2 ** 40])],
        node: [node('MatMul', ['x', 'w'], ['y'])],
      }),
    )
    const model = openModel(path)
    expect(countModel(model, {}).nodes.macs[0]).toBe(0)
    expect(model.file.notes.join()).toContain('sizes that no tensor can have')
  })

  it('a safetensors file opens by its header', () => {
    const model = openModel('test-fixtures/checkpoints/tiny-bagel/ema.safetensors')
    expect(model.file).toMatchObject({ format: 'safetensors', nodes: [] })
    expect(model.file.parameters).toBeGreaterThan(100_000)
    const cut = folder.save(
      'cut.safetensors',
      readFileSync('test-fixtures/checkpoints/tiny-bagel/ema.safetensors').subarray(0, 200_000),
    )
    expect(openModel(cut).file.notes.join()).toContain('cut off')
  })

  it('a GGUF file opens by its header', () => {
    const path = folder.save(
      'small.gguf',
      ggufBytes({ 'general.architecture': 'llama', tokens: [7, 8, 9], epsilon: { f: 1e-5 } }, [
        {
          name: 'plain',
          shape: [2, 4],
          type: 0,
          content: new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer),
        },
        { name: 'packed', shape: [2, 64], type: 8, content: new Uint8Array(136) },
      ]),
    )
    const model = openModel(path)
    expect(model.file.weights.map(({ dtype, shape, bytes }) => ({ dtype, shape, bytes }))).toEqual([
      { dtype: 'float32', shape: [2, 4], bytes: 32 },
      { dtype: 'q8_0', shape: [2, 64], bytes: 136 },
    ])
    expect(model.file.header.metadata).toContainEqual({ key: 'tokens', value: '7, 8, 9' })
    expect(model.file.header.metadata).toContainEqual({ key: 'epsilon', value: '0.00001' })
    const reader = openValues(model.valueSource(0))
    expect([...readValues(reader, 2, 3)]).toEqual([3, 4, 5])
    reader.close()
  })
})
