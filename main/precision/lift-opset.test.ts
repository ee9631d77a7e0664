import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openGraph } from '../runtime/open-graph'
import { EditableGraph } from './editable-graph'
import { seededFeeds } from './graph-subject'
import { liftOpset } from './lift-opset'

const folder = mkdtempSync(join(tmpdir(), 'atelier-lift-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fixtures = new URL('../../test-fixtures/', import.meta.url).pathname

async function outputsOf(path: string): Promise<unknown[]> {
  const session = await openGraph({ path, role: 'graph', provider: 'cpu', threads: 1 })
  const sizes = { height: 64, width: 64, num_channels: 3, sequence_length: 6 }
  const outputs = await session.run(seededFeeds(session, 5, sizes))
  await session.release()
  return Object.values(outputs).map(({ data }) => data)
}

describe('a graph in newer operators', () => {
  it.each([
    'lift-opset/reductions.onnx',
    'detect/tiny-rt-detr/onnx/model.onnx',
    'detect/tiny-d-fine/onnx/model.onnx',
    'detect/tiny-yolov8/best.onnx',
  ])('gives the numbers that %s gave in older ones', async (name) => {
    const path = join(fixtures, name)
    const graph = EditableGraph.read(path)
    expect(graph.opset).toBeLessThan(19)
    expect(liftOpset(graph, 19)).toBe(true)
    expect(graph.opset).toBe(19)
    const target = join(folder, 'lifted.onnx')
    graph.write(target)
    expect(await outputsOf(target)).toEqual(await outputsOf(path))
  })

  it('is not made of operators that meant something else before version 13', () => {
    const graph = EditableGraph.read(join(fixtures, 'detect/tiny-yolov8/best.onnx'))
    for (const one of graph.model.opsetImport) one.version = 12n
    expect(liftOpset(graph, 19)).toBe(false)
    expect(graph.opset).toBe(12)
  })

  it('stays as it is where it is new enough', () => {
    const graph = EditableGraph.read(join(fixtures, 'detect/tiny-yolov8/best.onnx'))
    expect(liftOpset(graph, 13)).toBe(true)
    expect(graph.opset).toBeGreaterThanOrEqual(13)
  })
})
