import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StudioClient } from '../../contract/client'
import { inspectionIdSchema } from '../../contract/ids'
import type { Inspection, InspectionSource } from '../../contract/inspection'
import { safetensorsBytes } from '../inspect/testing/sample-headers'
import { absent, modelBytes, node, value } from '../inspect/testing/sample-models'
import { TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'
import { openStudio, type Studio } from './studio'
import { startWebHost, type WebHost } from './web-host'

// The Inspector as a browser has it: files handed over by plain requests to a real web host, weights read by a real helper
// thread. That is a bundle; `npm run build` makes it.

const isBuilt = existsSync('dist/core/helper-thread.cjs')
const token = 'a'.repeat(48)
let data = ''
let studio: Studio
let host: WebHost
let client: StudioClient

beforeAll(async () => {
  data = await mkdtemp(path.join(tmpdir(), 'inspection-'))
  studio = await openStudio({ data: path.join(data, 'studio'), jobs: 'persistent' })
  host = await startWebHost(studio, { port: 0, address: '127.0.0.1', token, pageFolder: data })
  client = createORPCClient(
    new RPCLink({ url: `http://127.0.0.1:${host.port}/api`, headers: { authorization: `Bearer ${token}` } }),
  )
})
afterAll(async () => {
  await host.close()
  await studio.close()
  await rm(data, { recursive: true, force: true })
})

const fileOf = (name: string, bytes: Uint8Array): File => new File([new Uint8Array(bytes)], name)

async function handOver(...files: File[]): Promise<InspectionSource> {
  const { uploadId } = await client.inspection.upload({ files })
  return { kind: 'upload', uploadId }
}

const openFile = async (...files: File[]): Promise<Inspection> =>
  client.inspection.open({ source: await handOver(...files) })

/** y = x W with W beside the graph. */
const graph = modelBytes({
  input: [value('x', ['N', 4])],
  output: [{ name: 'y' }],
  initializer: [{ ...absent('w', [4, 8]), externalData: [{ key: 'location', value: 'w@1.data' }] }],
  node: [node('MatMul', ['x', 'w'], ['y'])],
})
const weights = new Uint8Array(Float32Array.from({ length: 32 }, (_, index) => index).buffer)

describe.skipIf(!isBuilt)('a file that is handed over', () => {
  it('is opened with the weights beside it, under its own name', async () => {
    const opened = await openFile(fileOf('my net.onnx', graph), fileOf('w@1.data', weights))
    expect(opened).toMatchObject({
      name: 'my net.onnx',
      format: 'onnx',
      parameters: 32,
      weightFiles: [{ location: 'w@1.data', state: 'there' }],
    })
    const view = await client.inspection.tensor({ inspectionId: opened.id, weight: 0 })
    expect(view).toMatchObject({ elements: 32, counted: 32, statistics: { minimum: 0, maximum: 31, mean: 15.5 } })
    // What is opened again unchanged is the same inspection.
    expect((await client.inspection.open({ source: opened.source })).id).toBe(opened.id)
  })

  it('is counted at the sizes that are given, and its nodes have cards', async () => {
    const { id } = await openFile(fileOf('net.onnx', graph))
    const none = await client.inspection.count({ inspectionId: id })
    expect(none).toMatchObject({ missing: ['N'], nodes: { macs: [null] } })
    const three = await client.inspection.count({ inspectionId: id, sizes: { N: 3 } })
    expect(three).toMatchObject({ missing: [], nodes: { macs: [3 * 4 * 8] } })
    const card = await client.inspection.node({ inspectionId: id, node: 0, sizes: { N: 3 } })
    expect(card).toMatchObject({ node: 0, formula: 'batch M K N', quantisation: [] })
    await expect(client.inspection.node({ inspectionId: id, node: 1 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'node' },
    })
    await expect(client.inspection.count({ inspectionId: id, sizes: { N: -1 } })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  it('says its own name where it is broken, and no folder that nobody has seen', async () => {
    const source = await handOver(fileOf('broken.onnx', Uint8Array.of(1, 2, 3, 255)))
    const error: unknown = await client.inspection.open({ source }).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({
      code: 'MODEL_BROKEN',
      message: expect.stringMatching(/^broken\.onnx cannot be read/),
    })
    const missing = await openFile(fileOf('net.onnx', graph))
    await expect(client.inspection.tensor({ inspectionId: missing.id, weight: 0 })).rejects.toMatchObject({
      code: 'MODEL_BROKEN',
      message: expect.stringMatching(/: w@1\.data is missing$/),
    })
  })

  it.each([
    ['../../outside.onnx', 'outside.onnx'],
    ['..\\..\\outside.onnx', 'outside.onnx'],
    ['/etc/outside.onnx', 'outside.onnx'],
    ['.first', 'model.first'],
    ['NUL.onnx', 'modelNUL.onnx'],
    ['a:b?.onnx', 'a_b_.onnx'],
  ])('called %s stays in its folder, as %s', async (name, kept) => {
    const source = await handOver(fileOf(name, graph))
    expect((await client.inspection.open({ source })).name).toBe(kept)
    const folder = path.join(studio.folders.data, 'uploads', source.kind === 'upload' ? source.uploadId : '')
    expect((await readdir(folder)).toSorted()).toEqual(['.first', kept].toSorted())
    expect(existsSync(path.join(studio.folders.data, 'outside.onnx'))).toBe(false)
  })

  it('is refused where two have one name', async () => {
    await expect(handOver(fileOf('a.onnx', graph), fileOf('b/a.onnx', graph))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'files' },
    })
  })

  it.each(['..', '.', '../..', 'no-such-upload', ''])('is not looked for at %j', async (uploadId) => {
    await expect(client.inspection.open({ source: { kind: 'upload', uploadId } })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  it('is let go when others take the room', async () => {
    const first = await handOver(fileOf('first.onnx', graph))
    for (let other = 0; other < 5; other += 1) await handOver(fileOf(`other-${other}.onnx`, graph))
    await expect(client.inspection.open({ source: first })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'The file that was handed over is no longer kept',
    })
    expect(await readdir(path.join(studio.folders.data, 'uploads'))).toHaveLength(4)
  })
})

describe.skipIf(!isBuilt)('two files', () => {
  it('are compared by the values of their weights', async () => {
    const bytes = (last: number) =>
      safetensorsBytes({
        same: { dtype: 'F32', shape: [2], content: new Uint8Array(Float32Array.of(1, 2).buffer) },
        other: { dtype: 'F32', shape: [2], content: new Uint8Array(Float32Array.of(1, last).buffer) },
      })
    const [before, after] = [
      await openFile(fileOf('one.safetensors', bytes(2))),
      await openFile(fileOf('two.safetensors', bytes(3))),
    ]
    const difference = await client.inspection.difference({ before: before.id, after: after.id })
    expect(difference.weights).toMatchObject({
      added: [],
      removed: [],
      same: 1,
      changed: [{ changes: [{ what: 'values' }] }],
    })
  })

  it('of which one was never opened are not compared', async () => {
    const { id } = await openFile(fileOf('net.onnx', graph))
    const nobody = inspectionIdSchema.parse('nobody')
    await expect(client.inspection.difference({ before: id, after: nobody })).rejects.toMatchObject({
      code: 'INSPECTION_NOT_FOUND',
    })
    await expect(client.inspection.count({ inspectionId: nobody })).rejects.toMatchObject({
      code: 'INSPECTION_NOT_FOUND',
    })
  })
})

describe.skipIf(!isBuilt)('a large weight', () => {
  it('is looked at in even samples, and holds nobody up', async () => {
    const elements = 2 ** 27
    const file = path.join(data, 'large.onnx')
    const initializer = [
      {
        name: 'w',
        dims: [BigInt(elements)],
        dataType: Type.FLOAT,
        dataLocation: 1,
        externalData: [{ key: 'location', value: 'large.data' }],
      },
    ]
    await writeFile(file, modelBytes({ initializer }))
    // Half a gigabyte of zeros that takes no room on the disk.
    await writeFile(path.join(data, 'large.data'), new Uint8Array())
    await truncate(path.join(data, 'large.data'), elements * 4)
    const opened = await client.inspection.open({ source: { kind: 'path', path: file } })
    const answers: string[] = []
    const look = client.inspection.tensor({ inspectionId: opened.id, weight: 0 }).then((view) => {
      answers.push('tensor')
      return view
    })
    await client.inspection.count({ inspectionId: opened.id })
    answers.push('count')
    expect(await look).toMatchObject({ elements, counted: 1024 * 4096, zeros: 1 })
    // Asked later and answered first: the engine was free.
    expect(answers).toEqual(['count', 'tensor'])
  })

  it('of no such number, or whose values are no numbers, is refused in words', async () => {
    const { id } = await openFile(fileOf('net.onnx', graph), fileOf('w@1.data', weights))
    await expect(client.inspection.tensor({ inspectionId: id, weight: 5 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'weight' },
    })
  })

  it('of a library model comes with the model', async () => {
    const [first] = await client.inspection.graphs({ modelId: (await client.models.list())[0]!.id })
    expect(first?.bytes).toBeGreaterThan(0)
    const bytes = await readFile('test-fixtures/checkpoints/tiny-bagel/ema.safetensors')
    const opened = await openFile(fileOf('ema.safetensors', bytes))
    const view = await client.inspection.tensor({ inspectionId: opened.id, weight: 0, rows: 2, columns: 2 })
    expect(view.statistics).not.toBeNull()
  })
})
