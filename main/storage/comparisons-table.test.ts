import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assetIdSchema, comparisonIdSchema } from '../../contract/ids'
import type { Comparison, ComparisonSummary } from '../../contract/precision-results'
import { ComparisonsTable, type ComparisonPage } from './comparisons-table'
import { openDatabase, type Database } from './database'
import { sampleComparison } from './testing/sample-comparison'
import { sampleAssetId } from './testing/sample-records'

let folder = ''
let database: Database
let table: ComparisonsTable
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-comparisons-'))
  database = openDatabase(join(folder, 'atelier.db'))
  table = new ComparisonsTable(database)
})
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true, force: true })
})

function save(comparison: Comparison, title = comparison.id as string): void {
  const { id, createdAt, modelName, provider, threads, partial } = comparison
  const summary: ComparisonSummary = { id, createdAt, title, modelName, provider, threads, partial, columns: [] }
  table.save(comparison, summary)
}
const ids = ({ comparisons }: ComparisonPage): string[] => comparisons.map(({ id }) => id)

describe('saved comparisons', () => {
  it('come back as they were filed', () => {
    const comparison = sampleComparison('c1', 5)
    save(comparison)
    expect(table.get(comparison.id)).toEqual(comparison)
  })

  it('of the form of an older studio come back with what that form lacked', () => {
    const comparison = sampleComparison('c1', 5)
    save(comparison)
    const older = Object.fromEntries(Object.entries(comparison).filter(([field]) => field !== 'format'))
    database.prepare('UPDATE comparisons SET record = ?').run(JSON.stringify(older))
    expect(table.get(comparison.id)).toEqual(comparison)
  })

  it('are paged, the newest first, each once', () => {
    for (let index = 0; index < 25; index += 1) save(sampleComparison(`c${index}`, Math.floor(index / 2)))
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = table.page({ search: '', limit: 10, cursor })
      expect(page.total).toBe(25)
      seen.push(...ids(page))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(25)
    expect(seen[0]).toBe('c24')
  })

  it('are found by the name of their model', () => {
    save(sampleComparison('c1', 1))
    save(sampleComparison('c2', 2, { modelName: 'Painter' }))
    expect(ids(table.page({ search: 'paint', limit: 10 }))).toEqual(['c2'])
  })

  it('are found by their title, with characters that SQL would read otherwise', () => {
    save(sampleComparison('c1', 1), '50% of a_shelf.jpg')
    save(sampleComparison('c2', 2), 'a red apple')
    expect(ids(table.page({ search: '50%', limit: 10 }))).toEqual(['c1'])
    expect(ids(table.page({ search: 'a_shelf', limit: 10 }))).toEqual(['c1'])
    expect(ids(table.page({ search: 'APPLE', limit: 10 }))).toEqual(['c2'])
  })

  it('leave the list when removed, come back when restored, and are forgotten when purged', () => {
    const { id } = sampleComparison('c1', 1)
    save(sampleComparison('c1', 1))
    table.remove(id)
    expect(ids(table.page({ search: '', limit: 10 }))).toEqual([])
    expect(table.get(id).deletedAt).toBeTypeOf('number')
    table.restore(id)
    expect(ids(table.page({ search: '', limit: 10 }))).toEqual(['c1'])
    table.remove(id)
    table.purge(Date.now() - 1000)
    expect(table.get(id).id).toBe(id)
    table.purge(Date.now() + 1000)
    expect(() => table.get(id)).toThrow('not on the list')
    expect(() => table.remove(comparisonIdSchema.parse('never'))).toThrow('not on the list')
  })

  it('keep every picture that they show, also of those that can still be brought back', () => {
    save(sampleComparison('c1', 1))
    table.remove(comparisonIdSchema.parse('c1'))
    expect([...table.usedAssets()]).toEqual([sampleAssetId])
    expect(table.usedAssets().has(assetIdSchema.parse('b'.repeat(64)))).toBe(false)
  })
})
