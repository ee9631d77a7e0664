import { cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ModelLibrary } from './library'

const fixture = join('test-fixtures', 'models', 'tiny-sd3')

let root = ''
let added: string[] = []
let library: ModelLibrary
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-library-'))
  await mkdir(join(root, 'bundled'))
  added = []
  library = new ModelLibrary({ bundled: join(root, 'bundled'), folders: () => added })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(root, { recursive: true, force: true })
})

/** Puts a whole model into a folder below the root. */
async function place(...path: string[]): Promise<string> {
  const folder = join(root, ...path)
  await cp(fixture, folder, { recursive: true })
  return folder
}

async function ids(): Promise<string[]> {
  library.refresh()
  return (await library.list()).map(({ id }) => id)
}

describe('the model library', () => {
  it('lists what is shipped and what was added, ready to use', async () => {
    await place('bundled', 'one')
    added = [await place('mine')]
    expect(await library.list()).toMatchObject([
      { id: 'one', source: 'bundled', family: 'sd3', state: { kind: 'ready' }, image: { canEncode: true } },
      { id: 'mine', source: 'added', family: 'sd3', state: { kind: 'ready' } },
    ])
    expect((await library.imageModel('mine')).folder.path).toBe(join(root, 'mine'))
  })

  it('lists language models with what they offer, and tells them from those that draw', async () => {
    const shelf = join(root, 'shelf')
    await cp(join('test-fixtures', 'models', 'tiny-causal-lm'), join(shelf, 'ours'), { recursive: true })
    await cp(join('test-fixtures', 'models', 'tiny-causal-lm-standard'), join(shelf, 'standard'), { recursive: true })
    await place('shelf', 'pictures')
    added = [shelf]
    expect(await library.list()).toMatchObject([
      { id: 'ours', family: 'causal-lm', precision: 'int8', state: { kind: 'ready' }, language: { trees: true } },
      { id: 'pictures', family: 'sd3' },
      { id: 'standard', family: 'causal-lm', precision: 'fp32', language: { strategies: ['plain', 'lookup'] } },
    ])
    expect((await library.languageModel('ours')).folder.path).toBe(join(shelf, 'ours'))
    await expect(library.languageModel('pictures')).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' })
    await expect(library.imageModel('ours')).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' })
  })

  it('shows a language model that is not whole, with what is missing', async () => {
    const folder = join(root, 'bundled', 'cut')
    await cp(join('test-fixtures', 'models', 'tiny-causal-lm'), folder, { recursive: true })
    await rm(join(folder, 'weights.data'))
    const [model] = await library.list()
    expect(model).toMatchObject({ family: 'causal-lm', state: { kind: 'broken' } })
    await expect(library.get('cut')).rejects.toMatchObject({
      code: 'MODEL_BROKEN',
      data: { remedy: expect.stringContaining('weights.data') },
    })
    await writeFile(join(folder, 'studio.json'), '{"family": "causal-lm"}')
    library.refresh()
    expect((await library.list())[0]).toMatchObject({ family: 'causal-lm', state: { kind: 'broken' } })
  })

  it('takes the id from the manifest, else from the folder', async () => {
    const folder = await place('bundled', 'folder-name')
    expect(await ids()).toEqual(['folder-name'])
    const manifest = { schemaVersion: 1, id: 'own-id', family: 'sd3', name: 'Named' }
    await writeFile(join(folder, 'studio.json'), JSON.stringify(manifest))
    expect(await ids()).toEqual(['own-id'])
  })

  it('tells two models of one name apart', async () => {
    await place('bundled', 'same')
    await place('a', 'same')
    await place('b', 'same')
    added = [join(root, 'a'), join(root, 'b')]
    expect(await ids()).toEqual(['same', 'same-2', 'same-3'])
  })

  it('finds models some folders down, through links, each once', async () => {
    await place('shelf', 'level', 'deep')
    await place('elsewhere', 'linked')
    await symlink(join(root, 'elsewhere', 'linked'), join(root, 'shelf', 'link'))
    await symlink(join(root, 'shelf'), join(root, 'shelf', 'level', 'loop'))
    added = [join(root, 'shelf'), join(root, 'shelf', 'level'), join(root, 'elsewhere')]
    expect(await ids()).toEqual(['deep', 'link'])
  })

  it('counts the models in a folder before it is added', async () => {
    await place('shelf', 'one')
    await place('shelf', 'two')
    expect(await library.countIn(join(root, 'shelf'))).toBe(2)
    expect(await library.countIn(join(root, 'bundled'))).toBe(0)
    expect(await library.countIn(join(root, 'nowhere'))).toBe(0)
  })
})

describe('models that cannot be used', () => {
  it('are listed with what is wrong and what to do, and refused by that', async () => {
    const folder = await place('bundled', 'cut')
    await rm(join(folder, 'transformer'), { recursive: true })
    const [model] = await library.list()
    expect(model?.state).toMatchObject({ kind: 'broken', message: expect.stringContaining('transformer') })
    await expect(library.get('cut')).rejects.toMatchObject({
      code: 'MODEL_BROKEN',
      data: { field: 'modelId', remedy: expect.stringContaining('transformer') },
    })
  })

  it('can be used once they are mended, without a restart', async () => {
    const folder = await place('bundled', 'mended')
    await rename(join(folder, 'transformer'), join(root, 'put-aside'))
    await expect(library.get('mended')).rejects.toMatchObject({ code: 'MODEL_BROKEN' })
    await rename(join(root, 'put-aside'), join(folder, 'transformer'))
    const now = performance.now()
    vi.spyOn(performance, 'now').mockReturnValue(now + 10_000)
    expect((await library.get('mended')).model.state.kind).toBe('ready')
  })

  it('are shown where the folder that was added is gone', async () => {
    added = [join(root, 'unplugged')]
    const [model] = await library.list()
    expect(model).toMatchObject({
      id: 'unplugged',
      state: { kind: 'broken', message: `The folder ${added[0]} is not there` },
    })
  })

  it('do not hide the others', async () => {
    const folder = await place('bundled', 'odd')
    await writeFile(join(folder, 'model_index.json'), '{"_class_name": "StableDiffusion3Pipeline", ')
    await writeFile(join(folder, 'studio.json'), '{"schemaVersion": 1, "id": "", "family": "sd3"}')
    await place('bundled', 'whole')
    const models = await library.list()
    expect(models.map(({ folder: path }) => basename(path))).toEqual(['odd', 'whole'])
    expect(models[1]?.state.kind).toBe('ready')
  })

  it('that do not exist are answered with those that do', async () => {
    await place('bundled', 'one')
    await place('bundled', 'two')
    await expect(library.get('three')).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: 'There is no model "three"',
      data: { field: 'modelId', remedy: 'Choose one of: one, two.' },
    })
  })
})
