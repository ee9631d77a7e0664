import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openGraph } from '../runtime/open-graph'
import { changedNode, EditableGraph } from './editable-graph'
import { makeFloatGraph } from './float-graph'
import { seededFeeds } from './graph-subject'
import { VariantStore } from './variant-store'
import { weightLayers } from './weight-layers'

const folder = mkdtempSync(join(tmpdir(), 'atelier-editable-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const models = new URL('../../test-fixtures/models/', import.meta.url).pathname

function written(): string {
  const graph = EditableGraph.read(join(models, 'tiny-sd3', 'transformer', 'model.onnx'))
  makeFloatGraph(graph)
  const path = join(folder, 'base.onnx')
  graph.write(path)
  return path
}

async function outputOf(path: string): Promise<Float32Array> {
  const session = await openGraph({ path, role: 'transformer', provider: 'cpu', threads: 1 })
  const feeds = seededFeeds(session, 5, { height: 8, width: 8, sequence_length: 6 })
  const [output] = Object.values(await session.run(feeds))
  await session.release()
  return output!.data as Float32Array
}

describe('a graph that is thrown away soon', () => {
  it('is linked to the weights that lie on disk, runs as if it had its own, and leaves them when it goes', async () => {
    const base = written()
    const store = new VariantStore(join(folder, 'store'))
    const { path, dispose } = store.temporary()
    EditableGraph.read(base).write(path, { isShared: true })
    const bytes = readdirSync(join(path, '..')).map((name) => statSync(join(path, '..', name)))
    expect(bytes.filter(({ nlink }) => nlink === 2).map(({ size }) => size)).toEqual([statSync(`${base}.data`).size])
    expect(await outputOf(path)).toEqual(await outputOf(base))
    dispose()
    expect(statSync(`${base}.data`).nlink).toBe(1)
    await expect(outputOf(base)).resolves.toHaveLength(4 * 4 * 4 * 16)
  })
})

describe('nodes of one name', () => {
  it('are written without it, which a runtime would refuse, and their layers go by their outputs', async () => {
    const base = written()
    const graph = EditableGraph.read(base)
    const [first, second] = weightLayers(graph).map(({ node }) => node)
    graph.rewrite((node) => [node === second ? changedNode(node, { name: first!.name }) : node])
    const path = join(folder, 'twice.onnx')
    const names = weightLayers(graph).map(({ name }) => name)
    graph.write(path)
    expect(await outputOf(path)).toEqual(await outputOf(base))
    expect(weightLayers(EditableGraph.read(path)).map(({ name }) => name)).toEqual(names)
  })
})
