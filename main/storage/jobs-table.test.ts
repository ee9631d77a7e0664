import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jobIdSchema } from '../../contract/ids'
import { openDatabase, type Database } from './database'
import { JobsTable } from './jobs-table'
import { sampleAssetId, sampleJob, sampleSettings } from './testing/sample-records'

let folder = ''
let database: Database
let table: JobsTable
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-jobs-'))
  database = openDatabase(join(folder, 'atelier.db'))
  table = new JobsTable(database)
})
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true, force: true })
})

describe('the jobs on disk', () => {
  it('turn what was running when the studio ended into a failure that says so', () => {
    table.save(sampleJob('r', { status: 'running' }))
    table.save(sampleJob('q'))
    const loaded = new Map(table.load().map((job) => [job.id as string, job]))
    expect(loaded.get('r')).toMatchObject({ status: 'failed', failure: { code: 'ENGINE_CRASHED' } })
    expect(loaded.get('q')).toMatchObject({ status: 'queued' })
    expect(table.load().find(({ id }) => id === 'r')?.status).toBe('failed')
  })

  it('are as they were saved last, until they are removed', () => {
    table.save(sampleJob('a'))
    table.save(sampleJob('a', { status: 'done', finishedAt: 3 }))
    expect(table.load()).toEqual([sampleJob('a', { status: 'done', finishedAt: 3 })])
    table.remove(jobIdSchema.parse('a'))
    expect(table.load()).toEqual([])
  })

  it('are remembered up to the latest two hundred', () => {
    database.transaction(() => {
      for (let index = 0; index < 205; index += 1) table.save(sampleJob(`j${index}`, { createdAt: index }))
    })
    const ids = table.load().map(({ id }) => id)
    expect(ids).toHaveLength(200)
    expect(ids).not.toContain('j4')
  })

  it('that cannot be read are left out', () => {
    table.save(sampleJob('a'))
    table.save(sampleJob('b'))
    database.prepare('UPDATE jobs SET record = ? WHERE id = ?').run('{"status":"odd"}', 'a')
    expect(table.load().map(({ id }) => id)).toEqual(['b'])
  })

  it('name the pictures that they start from', () => {
    const request = { ...sampleSettings, initImage: { assetId: sampleAssetId, strength: 0.5 } }
    table.save(sampleJob('a', { request: { kind: 'image', request } }))
    expect(table.usedAssets()).toEqual(new Set([sampleAssetId]))
  })
})
