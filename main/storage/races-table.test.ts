import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modelIdSchema, raceIdSchema } from '../../contract/ids'
import type { Race, RaceSummary } from '../../contract/speculation'
import { CalibrationsTable } from './calibrations-table'
import { openDatabase, type Database } from './database'
import { RacesTable } from './races-table'
import { sampleRace } from './testing/sample-records'

let folder = ''
let database: Database
let table: RacesTable
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-races-'))
  database = openDatabase(join(folder, 'atelier.db'))
  table = new RacesTable(database)
})
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true, force: true })
})

const summaryOf = (race: Race): RaceSummary => ({ ...race, prompt: race.settings.prompt, runs: [] })
const save = (race: Race): void => table.save(race, summaryOf(race))
const ids = (page: { races: RaceSummary[] }): string[] => page.races.map(({ id }) => id)

describe('saved races', () => {
  it('come back as they were filed', () => {
    const race = sampleRace('r1', 5)
    save(race)
    expect(table.get(race.id)).toEqual(race)
  })

  it('are paged, the newest first, each once', () => {
    for (let index = 0; index < 25; index += 1) save(sampleRace(`r${index}`, Math.floor(index / 2)))
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = table.page({ search: '', limit: 10, cursor })
      expect(page.total).toBe(25)
      seen.push(...ids(page))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(25)
    expect(seen[0]).toBe('r24')
  })

  it('are found by words of their prompt, with characters that SQL would read otherwise', () => {
    const settings = { ...sampleRace('x', 1).settings, prompt: 'What is 5 % of 20_000?' }
    save(sampleRace('r1', 1, { settings }))
    save(sampleRace('r2', 2))
    expect(ids(table.page({ search: '5 %', limit: 10 }))).toEqual(['r1'])
    expect(ids(table.page({ search: '20_0', limit: 10 }))).toEqual(['r1'])
    expect(ids(table.page({ search: 'SKY', limit: 10 }))).toEqual(['r2'])
    expect(ids(table.page({ search: '20%000', limit: 10 }))).toEqual([])
  })

  it('leave the list when removed, come back when restored, and are forgotten when purged', () => {
    const { id } = sampleRace('r1', 1)
    save(sampleRace('r1', 1))
    table.remove(id)
    expect(table.page({ search: '', limit: 10 }).total).toBe(0)
    expect(table.get(id).deletedAt).not.toBeNull()
    table.restore(id)
    expect(ids(table.page({ search: '', limit: 10 }))).toEqual(['r1'])
    table.remove(id)
    table.purge(Date.now() + 1)
    expect(() => table.get(id)).toThrow('not on the list')
  })

  it('say so when there is no such race', () => {
    expect(() => table.remove(raceIdSchema.parse('none'))).toThrow(expect.objectContaining({ code: 'RACE_NOT_FOUND' }))
  })
})

describe('calibrations', () => {
  it('are kept one for each model and precision, the latest', () => {
    const calibrations = new CalibrationsTable(database)
    const calibration = {
      modelId: modelIdSchema.parse('m'),
      precision: 'int4',
      provider: 'cpu' as const,
      threads: 2,
      contextLength: 256,
      measuredAt: 1,
      verify: [{ rows: 1, milliseconds: 10 }],
      draft: { lookup: 0.01 },
    }
    expect(calibrations.find('m', 'int4')).toBeNull()
    calibrations.save(calibration)
    calibrations.save({ ...calibration, measuredAt: 2 })
    expect(calibrations.find('m', 'int4')).toMatchObject({ measuredAt: 2, draft: { lookup: 0.01 } })
    expect(calibrations.find('m', 'float32')).toBeNull()
  })
})
