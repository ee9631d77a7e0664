import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assetIdSchema, imageIdSchema, jobIdSchema } from '../../contract/ids'
import { generateRequestSchema, type ImageRecord } from '../../contract/images'
import { AssetStore } from './assets'
import { dataFolder } from './data-folder'
import { openDatabase, type Database } from './database'
import { fullTextQuery, ImagesTable } from './images-table'
import { JobsTable } from './jobs-table'
import { SettingsFile } from './settings-file'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storage-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const png = (seed: number): Uint8Array => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, seed])
const assetId = assetIdSchema.parse('a'.repeat(64))
const settings = generateRequestSchema.parse({
  modelId: 'm',
  prompt: 'a red apple',
  width: 128,
  height: 128,
  steps: 4,
  guidanceScale: 4,
  shift: 1,
  seed: 7,
})

function image(id: string, createdAt: number, change: Partial<ImageRecord> = {}): ImageRecord {
  return {
    id: imageIdSchema.parse(id),
    jobId: jobIdSchema.parse('job'),
    assetId,
    thumbnailId: assetId,
    createdAt,
    width: 128,
    height: 128,
    settings,
    modelName: 'Model',
    modelHash: 'hash',
    provider: 'cpu',
    timings: { denoise: 10 },
    frames: [],
    starred: false,
    partial: false,
    stepsDone: 4,
    deletedAt: null,
    ...change,
  }
}

describe('AssetStore', () => {
  it('keeps the same bytes once, under the hash of what they are', async () => {
    const store = new AssetStore(folder)
    const id = await store.put(png(1))
    expect(await store.put(png(1))).toBe(id)
    expect(await store.put(png(2))).not.toBe(id)
    expect(new Uint8Array(await store.read(id))).toEqual(png(1))
    expect(await readdir(join(folder, id.slice(0, 2)))).toEqual([id])
  })

  it('refuses what is no picture, and says when one is missing', async () => {
    const store = new AssetStore(folder)
    await expect(store.put(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(store.read(assetId)).rejects.toMatchObject({ code: 'ASSET_NOT_FOUND' })
  })

  it('never leaves its folder, whatever an id claims to be', () => {
    expect(() => new AssetStore(folder).path('../../../etc/passwd' as never)).toThrow()
  })

  it('frees what nothing refers to and keeps what is young or in use', async () => {
    const store = new AssetStore(folder)
    const [used, unused] = [await store.put(png(1)), await store.put(png(2))]
    expect(await store.collectGarbage(new Set([used]), 60_000)).toEqual({ files: 0, bytes: 0 })
    expect(await store.collectGarbage(new Set([used]), -1)).toEqual({ files: 1, bytes: 9 })
    await expect(store.read(unused)).rejects.toMatchObject({ code: 'ASSET_NOT_FOUND' })
    expect((await store.read(used)).length).toBe(9)
  })
})

describe('database', () => {
  it('keeps a copy before it changes an existing one, and refuses one that is newer than itself', () => {
    const path = join(folder, 'atelier.db')
    openDatabase(path, ['CREATE TABLE a (x)']).close()
    const second = openDatabase(path, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)'])
    second.prepare('INSERT INTO b VALUES (?)').run(1)
    second.close()
    expect(existsSync(`${path}.v1.backup`)).toBe(true)
    expect(() => openDatabase(path, ['CREATE TABLE a (x)'])).toThrow(/newer Atelier/)
  })

  it('leaves nothing of a migration that fails half-way', () => {
    const path = join(folder, 'atelier.db')
    expect(() => openDatabase(path, ['CREATE TABLE a (x); NONSENSE'])).toThrow()
    openDatabase(path, ['CREATE TABLE a (x)']).close()
  })

  it('says what to do with a file that is no database', async () => {
    const path = join(folder, 'atelier.db')
    await writeFile(path, 'this is not a database at all, only some text')
    expect(() => openDatabase(path)).toThrow(/cannot be opened/)
  })
})

describe('ImagesTable', () => {
  let database: Database
  let table: ImagesTable
  beforeEach(() => {
    database = openDatabase(join(folder, 'atelier.db'))
    table = new ImagesTable(database)
  })
  afterEach(() => database.close())
  const all = { search: '', starred: false, limit: 100 }

  it('pages through ten thousand pictures, the newest first, each once', () => {
    const one = image('0', 0)
    for (let index = 0; index < 10_000; index += 1) {
      table.insert({ ...one, id: imageIdSchema.parse(`i${index}`), createdAt: Math.floor(index / 3) })
    }
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
  }, 60_000)

  it('finds pictures by words of prompt, model and seed, in any order and by their beginnings', () => {
    table.insert(image('apple', 1))
    table.insert(image('pear', 2, { settings: { ...settings, prompt: 'a green pear', seed: 99 } }))
    const find = (search: string) => table.page({ ...all, search }).images.map(({ id }) => id)
    expect(find('apple red')).toEqual(['apple'])
    expect(find('gre')).toEqual(['pear'])
    expect(find('99')).toEqual(['pear'])
    expect(find('model')).toEqual(['pear', 'apple'])
    expect(find('"OR NOT ( *')).toEqual([])
  })

  it('takes pictures out, brings them back, and forgets them only when purged', () => {
    table.insert(image('a', 1))
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
    const frame = assetIdSchema.parse('b'.repeat(64))
    table.insert(image('a', 1, { frames: [{ step: 0, sigma: 1, assetId: frame }] }))
    table.setStarred(imageIdSchema.parse('a'), true)
    expect(table.page({ ...all, starred: true }).images[0]?.starred).toBe(true)
    expect(table.usedAssets()).toEqual(new Set([assetId, frame]))
  })
})

describe('fullTextQuery', () => {
  it('leaves no operator of the query language in what a person types', () => {
    expect(fullTextQuery('cat AND "dog" NEAR(x) -y*')).toBe('"cat"* "AND"* "dog"* "NEAR"* "x"* "y"*')
  })
})

describe('JobsTable', () => {
  it('turns what was running when the studio ended into a failure that says so', () => {
    const database = openDatabase(join(folder, 'atelier.db'))
    const table = new JobsTable(database)
    const job = {
      id: jobIdSchema.parse('j'),
      request: { kind: 'image' as const, request: settings },
      title: 'a red apple',
      createdAt: 1,
      startedAt: 2,
      finishedAt: null,
      position: 1,
      progress: null,
      failure: null,
      imageIds: [],
      frames: [],
      log: [],
    }
    table.save({ ...job, status: 'running' })
    table.save({ ...job, id: jobIdSchema.parse('q'), status: 'queued' })
    const loaded = new Map(table.load().map((each) => [each.id as string, each]))
    expect(loaded.get('j')).toMatchObject({ status: 'failed', failure: { code: 'ENGINE_CRASHED' } })
    expect(loaded.get('q')).toMatchObject({ status: 'queued' })
    database.close()
  })
})

describe('SettingsFile', () => {
  it('keeps a change and fills in the rest', async () => {
    const path = join(folder, 'settings.json')
    await new SettingsFile(path).change({ theme: 'dark' })
    expect(new SettingsFile(path).read()).toMatchObject({ theme: 'dark', device: 'auto' })
  })

  it('keeps a damaged file aside and starts with the defaults', async () => {
    const path = join(folder, 'settings.json')
    await writeFile(path, '{"version": 1, "settings": {"theme": "pink"}}')
    expect(new SettingsFile(path).read().theme).toBe('system')
    expect(await readFile(join(folder, 'settings.broken.json'), 'utf8')).toContain('pink')
  })
})

describe('dataFolder', () => {
  it('follows each platform’s custom and the variable before it', () => {
    expect(dataFolder({}, 'darwin', '/home/a')).toBe('/home/a/Library/Application Support/Atelier')
    expect(dataFolder({ XDG_DATA_HOME: '/data' }, 'linux', '/home/a')).toBe('/data/atelier')
    expect(dataFolder({ ATELIER_DATA: '/x' }, 'win32', '/home/a')).toBe('/x')
  })
})
