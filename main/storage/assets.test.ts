import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AssetStore } from './assets'
import { sampleAssetId } from './testing/sample-records'

let folder = ''
let store: AssetStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-assets-'))
  store = new AssetStore(folder)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const png = (seed: number): Uint8Array => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, seed])

describe('the asset store', () => {
  it('keeps the same bytes once, under the hash of what they are', async () => {
    const id = await store.put(png(1))
    expect(await store.put(png(1))).toBe(id)
    expect(await store.put(png(2))).not.toBe(id)
    expect(new Uint8Array(await store.read(id))).toEqual(png(1))
    expect(await readdir(join(folder, id.slice(0, 2)))).toEqual([id])
  })

  it('keeps one file when the same bytes come several times at once', async () => {
    const ids = await Promise.all([store.put(png(1)), store.put(png(1)), store.put(png(1))])
    expect(new Set(ids).size).toBe(1)
    expect(await readdir(join(folder, ids[0].slice(0, 2)))).toEqual([ids[0]])
  })

  it('refuses what is no picture, and says when one is missing', async () => {
    await expect(store.put(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(store.put(new Uint8Array())).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(store.read(sampleAssetId)).rejects.toMatchObject({ code: 'ASSET_NOT_FOUND' })
  })

  it('never leaves its folder, whatever an id claims to be', () => {
    expect(() => store.path('../../../etc/passwd' as never)).toThrow()
  })

  it('frees what nothing refers to and keeps what is young or in use', async () => {
    const [used, unused] = [await store.put(png(1)), await store.put(png(2))]
    expect(await store.collectGarbage(new Set([used]), 60_000)).toEqual({ files: 0, bytes: 0 })
    expect(await store.collectGarbage(new Set([used]), -1)).toEqual({ files: 1, bytes: 9 })
    await expect(store.read(unused)).rejects.toMatchObject({ code: 'ASSET_NOT_FOUND' })
    expect((await store.read(used)).length).toBe(9)
  })

  it('counts an old picture as young again when it is put once more', async () => {
    const id = await store.put(png(1))
    await utimes(store.path(id), new Date(0), new Date(0))
    await store.put(png(1))
    expect(await store.collectGarbage(new Set(), 60_000)).toEqual({ files: 0, bytes: 0 })
  })
})
