import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ModelHashes } from './hash'

let root = ''
let cache = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-hash-'))
  cache = join(root, 'hashes.json')
  await mkdir(join(root, 'model'))
  await writeFile(join(root, 'model', 'one.onnx'), 'first')
  await writeFile(join(root, 'model', 'two.onnx'), 'second')
})
afterEach(() => rm(root, { recursive: true, force: true }))

const filesOf = (folder: string): string[] => ['one.onnx', 'two.onnx'].map((name) => join(root, folder, name))

describe("a model's hash", () => {
  it('depends on what is in the files, not on where they are or how they are listed', async () => {
    await cp(join(root, 'model'), join(root, 'copy'), { recursive: true })
    const hashes = new ModelHashes(cache)
    const hash = await hashes.hash(filesOf('model'))
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(await hashes.hash(filesOf('copy').reverse())).toBe(hash)
    await writeFile(join(root, 'copy', 'two.onnx'), 'other')
    expect(await hashes.hash(filesOf('copy'))).not.toBe(hash)
  })

  it('reads a file again only when its size or time has changed', async () => {
    const path = join(root, 'model', 'one.onnx')
    const [then, later] = [new Date(1_700_000_000_000), new Date(1_700_000_005_000)]
    await utimes(path, then, then)
    const hash = await new ModelHashes(cache).hash(filesOf('model'))
    await writeFile(path, 'FIRST')
    await utimes(path, then, then)
    expect(await new ModelHashes(cache).hash(filesOf('model'))).toBe(hash)
    await utimes(path, later, later)
    expect(await new ModelHashes(cache).hash(filesOf('model'))).not.toBe(hash)
  })

  it('does without its cache where that is damaged or cannot be written', async () => {
    const hash = await new ModelHashes(cache).hash(filesOf('model'))
    await writeFile(cache, '{"a": 1}')
    expect(await new ModelHashes(cache).hash(filesOf('model'))).toBe(hash)
    expect(await new ModelHashes(join(cache, 'below-a-file')).hash(filesOf('model'))).toBe(hash)
  })
})

describe('scripts/hash-model.mjs', () => {
  const script = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['scripts/hash-model.mjs', join(root, 'model'), ...args])

  it('writes hashes into studio.json, and finds files that differ from them', async () => {
    const manifest = join(root, 'model', 'studio.json')
    await writeFile(manifest, '{"id": "m"}')
    await script()
    const { id, files } = JSON.parse(await readFile(manifest, 'utf8'))
    expect(id).toBe('m')
    expect(files['one.onnx']).toEqual({
      sha256: 'a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e',
      bytes: 5,
    })
    await script('--check')
    await writeFile(join(root, 'model', 'two.onnx'), 'changed')
    await expect(script('--check')).rejects.toMatchObject({ stderr: expect.stringContaining('two.onnx differs') })
  })
})
