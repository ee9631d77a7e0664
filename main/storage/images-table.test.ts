import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assetIdSchema, imageIdSchema } from '../../contract/ids'
import { openDatabase, type Database } from './database'
import { fullTextQuery } from './full-text-query'
import { ImagesTable } from './images-table'
import { sampleAssetId, sampleImage, sampleSettings } from './testing/sample-records'

let folder = ''
let database: Database
let table: ImagesTable
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-images-'))
  database = openDatabase(join(folder, 'atelier.db'))
  table = new ImagesTable(database)
})
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true, force: true })
})

const all = { search: '', starred: false, limit: 100 }

describe('the gallery', () => {
  it('pages through ten thousand pictures, the newest first, each once', () => {
    database.transaction(() => {
      const insert = database.prepare('INSERT INTO images (id, job_id, created_at, record) VALUES (?, ?, ?, ?)')
      for (let index = 0; index < 10_000; index += 1) {
        const record = sampleImage(`i${index}`, Math.floor(index / 3))
        insert.run(record.id, record.jobId, record.createdAt, JSON.stringify(record))
      }
    })
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = table.page({ ...all, limit: 500, cursor })
      expect(page.total).toBe(10_000)
      seen.push(...page.images.map(({ id }) => id))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(10_000)
    expect(seen[0]).toBe('i9999')
  })

  it('finds pictures by words of prompt, model and seed, in any order and by their beginnings', () => {
    table.insert(sampleImage('apple', 1))
    table.insert(sampleImage('pear', 2, { settings: { ...sampleSettings, prompt: 'a green pear', seed: 99 } }))
    const find = (search: string) => table.page({ ...all, search }).images.map(({ id }) => id)
    expect(find('apple red')).toEqual(['apple'])
    expect(find('gre')).toEqual(['pear'])
    expect(find('99')).toEqual(['pear'])
    expect(find('model')).toEqual(['pear', 'apple'])
    expect(find('"OR NOT ( *')).toEqual([])
  })

  it('takes pictures out, brings them back, and forgets them only when purged', () => {
    table.insert(sampleImage('a', 1))
    const id = imageIdSchema.parse('a')
    table.remove(id)
    expect(table.page(all).images).toEqual([])
    table.restore(id)
    expect(table.page(all).images).toHaveLength(1)
    table.remove(id)
    table.purge(Date.now() + 1)
    expect(() => table.get(id)).toThrow(/not in the gallery/)
  })

  it('keeps stars and names every asset that is in use', () => {
    const [frame, start, mask] = ['b', 'c', 'd'].map((digit) => assetIdSchema.parse(digit.repeat(64)))
    const initImage = { assetId: start!, maskAssetId: mask!, strength: 0.5 }
    table.insert(
      sampleImage('a', 1, {
        settings: { ...sampleSettings, initImage },
        frames: [{ step: 0, sigma: 1, assetId: frame! }],
      }),
    )
    table.setStarred(imageIdSchema.parse('a'), true)
    expect(table.page({ ...all, starred: true }).images[0]?.starred).toBe(true)
    expect(table.usedAssets()).toEqual(new Set([sampleAssetId, start, mask, frame]))
  })

  it('shows the others where one record cannot be read, and keeps its pictures', () => {
    table.insert(sampleImage('a', 1))
    table.insert(sampleImage('b', 2))
    database.prepare('UPDATE images SET record = ? WHERE id = ?').run(`{"assetId":"${'e'.repeat(64)}"}`, 'b')
    const first = table.page({ ...all, limit: 1 })
    expect(first.images).toEqual([])
    const second = table.page({ ...all, limit: 1, cursor: first.nextCursor ?? undefined })
    expect(second.images.map(({ id }) => id)).toEqual(['a'])
    expect(table.usedAssets()).toContain('e'.repeat(64))
  })
})

describe('a full-text query', () => {
  it('leaves no operator of the query language in what a person types', () => {
    expect(fullTextQuery('cat AND "dog" NEAR(x) -y*')).toBe('"cat"* "AND"* "dog"* "NEAR"* "x"* "y"*')
  })
})
