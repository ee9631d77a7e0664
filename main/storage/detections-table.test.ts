import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Detection } from '../../contract/detection'
import { detectionIdSchema, detectionRunIdSchema } from '../../contract/ids'
import { openDatabase, type Database } from './database'
import { DetectionRunsTable } from './detection-runs-table'
import { DetectionsTable } from './detections-table'
import { failedDetection, sampleAssetId, sampleDetection, sampleDetectionRun } from './testing/sample-records'

let folder = ''
let database: Database
let table: DetectionsTable
let runs: DetectionRunsTable
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-detections-'))
  database = openDatabase(join(folder, 'atelier.db'))
  table = new DetectionsTable(database)
  runs = new DetectionRunsTable(database)
})
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true, force: true })
})

const runId = detectionRunIdSchema.parse('run')
const id = (text: string) => detectionIdSchema.parse(text)
const names = (page: { detections: { name: string }[] }): string[] => page.detections.map(({ name }) => name)
const whole = { search: '', limit: 100 }
const save = (detection: Detection): void => table.insert(detection, detection.outcome.kind === 'done' ? 2 : null)

function allPages(limit: number): string[] {
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = table.page({ runId, search: '', limit, cursor })
    seen.push(...names(page))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return seen
}

describe('saved detections', () => {
  it('come back as they were filed, boxes to the last bit of single precision', () => {
    const detection = sampleDetection('d', { name: 'a.jpg' })
    save(detection)
    expect(table.get(detection.id)).toEqual(detection)
    const failed = failedDetection('f', 'b.jpg')
    save(failed)
    expect(table.get(failed.id)).toEqual(failed)
  })

  it('list single pictures the newest first, and not those of runs', () => {
    save(sampleDetection('a', { name: 'old', createdAt: 1 }))
    save(sampleDetection('b', { name: 'new', createdAt: 2 }))
    save(sampleDetection('c', { name: 'of a run', runId }))
    const page = table.page({ runId: null, ...whole })
    expect(names(page)).toEqual(['new', 'old'])
    expect(page.total).toBe(2)
    expect(page.detections[0]).toMatchObject({ count: 2, failure: null, modelId: 'm' })
  })

  it('list a run in the order in which people count, failures last, a page at a time', () => {
    const order = ['IMG 1.jpg', 'img 2.jpg', 'img 10.jpg', 'sub/a.jpg', 'z.jpg']
    const pictures = ['z.jpg', 'img 10.jpg', 'sub/a.jpg', 'img 2.jpg', 'IMG 1.jpg']
    pictures.forEach((name, index) => save(sampleDetection(`d${index}`, { name, runId })))
    save(failedDetection('f', 'a first, but failed.jpg', runId))
    expect(allPages(100)).toEqual([...order, 'a first, but failed.jpg'])
    expect(allPages(2)).toEqual(allPages(100))
    expect(names(table.page({ runId, search: 'IMG', limit: 100 }))).toEqual(order.slice(0, 3))
    expect(names(table.page({ runId, search: '', limit: 2, offset: 3 }))).toEqual(allPages(100).slice(3, 5))
  })

  it('are forgotten 30 days after they were removed, and not before', () => {
    save(sampleDetection('d', { name: 'a' }))
    table.remove(id('d'))
    expect(table.page({ runId: null, ...whole }).detections).toEqual([])
    table.restore(id('d'))
    expect(table.page({ runId: null, ...whole }).total).toBe(1)
    table.remove(id('d'))
    table.purge(Date.now() - 1000)
    expect(table.get(id('d')).deletedAt).not.toBeNull()
    table.purge(Date.now() + 1000)
    expect(() => table.get(id('d'))).toThrowError(expect.objectContaining({ code: 'DETECTION_NOT_FOUND' }))
  })

  it('say which assets they need', () => {
    save(sampleDetection('d', { name: 'a', assetId: sampleAssetId, thumbnailId: null }))
    expect([...table.usedAssets()]).toEqual([sampleAssetId])
  })
})

describe('runs', () => {
  it('count what is done, what failed and what was found', () => {
    runs.insert(sampleDetectionRun('run'), [])
    save(sampleDetection('a', { name: 'a', runId }))
    save(sampleDetection('b', { name: 'b', runId }))
    save(failedDetection('c', 'c', runId))
    expect(runs.get(runId)).toMatchObject({ done: 2, failed: 1, count: 4 })
    expect(runs.page({ limit: 10 }).runs).toEqual([runs.get(runId)])
    expect(table.doneNames(runId)).toEqual(new Set(['a', 'b']))
  })

  it('put a picture that failed at first in the place of its failure', () => {
    save(failedDetection('c', 'c', runId))
    save(sampleDetection('d', { name: 'c', runId }))
    expect(allPages(10)).toEqual(['c'])
    expect(table.page({ runId, ...whole }).detections[0]?.failure).toBeNull()
  })

  it('remember what was uploaded, and take their pictures with them when they go', () => {
    runs.insert(sampleDetectionRun('run'), [{ name: 'a', assetId: sampleAssetId }])
    save(sampleDetection('a', { name: 'a', runId, assetId: null, thumbnailId: null }))
    expect(runs.uploads(runId)).toEqual([{ name: 'a', assetId: sampleAssetId }])
    runs.update(runId, { total: 7 })
    expect(runs.get(runId).total).toBe(7)
    runs.remove(runId)
    expect(runs.page({ limit: 10 }).total).toBe(0)
    expect([...runs.usedAssets()]).toEqual([sampleAssetId])
    runs.purge(Date.now() + 1000)
    expect([...runs.usedAssets()]).toEqual([])
    expect(() => table.get(id('a'))).toThrow('not on the list')
  })
})
